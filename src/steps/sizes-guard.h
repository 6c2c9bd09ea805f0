/* Refuses sizes that would drop tracked connections or stop traffic, or says that install would. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

/*
 * Lets hashsize wait for the next load if the setting `resize` wants that for a table with this
 * many entries.
 */
void guard_resize(struct context *context, enum resize resize, struct runtime *runtime);

/* Says that hashsize waits, why, and how to set it now; says nothing if it does not wait. */
void guard_say_waiting(struct context *context, const struct runtime *runtime);

/*
 * Returns EXIT_REFUSED, reported, if these values would lower max below 1.25 times the entries of
 * the fullest network namespace; with --force, warns and returns EXIT_DONE. Sets nothing.
 */
enum exit_code guard_lowering(struct context *context, const struct runtime *runtime);

/*
 * Warns of the same, for verbs that only show what install would do. Returns whether install would
 * refuse.
 */
bool guard_foretell(struct context *context, const struct runtime *runtime);
