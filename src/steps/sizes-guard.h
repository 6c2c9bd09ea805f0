/* Refuses or foretells what setting the sizes now would do to connections that are tracked. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

/* Lets hashsize wait for the next load if the setting resize wants that for as many entries as the table has. */
void guard_resize(struct context *context, enum resize resize, struct runtime *live);

/* Says that hashsize waits, why, and how to set it now; says nothing if it does not wait. */
void guard_say_waiting(struct context *context, const struct runtime *live);

/*
 * EXIT_REFUSED, reported, if setting these values would lower max to less than 1.25 times the entries of the fullest network
 * namespace; with --force a warning and EXIT_DONE. Sets nothing.
 */
enum exit_code guard_lowering(struct context *context, const struct runtime *live);

/* Warns of the same, for the verbs that only show what install would do. Returns whether install would refuse. */
bool guard_foretell(struct context *context, const struct runtime *live);
