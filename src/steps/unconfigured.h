/* A host for which nothing is configured, and on which no file of ours lies: what to say instead of a plan. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

/* Whether the configuration has no setting that yields a file or a value. */
bool plan_is_unconfigured(const struct plan *plan);

/* Whether there is no file of ours either, which install would have to remove. */
bool comparison_is_unconfigured(const struct comparison *comparison);

/*
 * Whether an earlier version chose sizes by itself and nothing is configured in their place: install would take them away.
 * Reports it with the choices; severity: SEVERITY_ERROR if the run refuses because of it.
 */
bool find_unchosen(struct context *context, const struct comparison *comparison,
		   enum severity severity);

/* Prints where to begin. Returns EXIT_DONE. */
enum exit_code say_unconfigured(struct context *context);
