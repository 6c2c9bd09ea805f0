/* The watch for drift: check, as the timer's service runs it, tells a verdict when it is another one than the last. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"
#include "steps/find-writers.h"
#include "steps/runtime.h"

/* The service's runtime directory; what it keeps there lasts until the next boot. */
#define PATH_RUNTIME "/run/conntrack-persist"
#define PATH_VERDICT PATH_RUNTIME "/verdict"
/* There while drift is to be put right: the condition of conntrack-persist-restore.service. */
#define PATH_RESTORE PATH_RUNTIME "/restore"

/*
 * For the end of check, which is about to return code. Compares the verdict with the last one, keeps and logs another
 * one with the warnings that were held back, and orders a restoration or calls one off. A check that failed has no
 * verdict. Returns code; EXIT_FAILED: the verdict could not be kept.
 */
enum exit_code drift_timer_report(struct context *context, const struct comparison *comparison,
				  const struct runtime *live, const struct host_writers *writers,
				  enum exit_code code);

/* Where on_drift = restore was installed: what else it takes. */
void drift_timer_describe(struct context *context, const struct comparison *comparison);
