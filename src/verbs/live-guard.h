/* Refuses or foretells what setting the sizes now would do to connections that are tracked. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "verbs/live.h"

/*
 * EXIT_REFUSED, reported, if setting these values would lower max to less than 1.25 times the entries of the fullest network
 * namespace; with --force a warning and EXIT_DONE. Sets nothing.
 */
enum exit_code guard_lowering(struct context *context, const struct live *live);

/* Warns of the same, for the verbs that only show what install would do. Returns whether install would refuse. */
bool guard_foretell(struct context *context, const struct live *live);
