/*
 * Handles a host without a configuration and without files of ours: says how to begin instead of a
 * plan.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

/* Returns whether the configuration has no setting that yields a file or a value. */
bool plan_is_unconfigured(const struct plan *plan);

/* Returns whether, in addition, there is no file of ours, which install would have to remove. */
bool comparison_is_unconfigured(const struct comparison *comparison);

/*
 * Returns whether an earlier version chose sizes by itself and the configuration sets none, so that
 * install would remove them. Reports it with the choices; severity: SEVERITY_ERROR if the run
 * refuses because of it.
 */
bool find_unchosen(struct context *context, const struct comparison *comparison,
		   enum severity severity);

/* Prints where to begin. Returns EXIT_DONE. */
enum exit_code say_unconfigured(struct context *context);
