/*
 * Logs drift: when the timer's service runs check, logs the verdict if it differs from the last
 * one.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"
#include "steps/find-writers.h"
#include "steps/runtime.h"

/* The service's runtime directory. Its files stay until the next boot. */
#define PATH_RUNTIME "/run/conntrack-persist"
#define PATH_VERDICT PATH_RUNTIME "/verdict"
/*
 * This file exists while drift must be corrected: it is the condition of
 * conntrack-persist-restore.service.
 */
#define PATH_RESTORE PATH_RUNTIME "/restore"

/*
 * Compares the verdict with the last one at the end of check; `code` is the exit status that check
 * has found. A new verdict is saved and logged together with the warnings that were held back, and
 * the restoration is ordered or cancelled. A check that failed has no verdict. Returns code, or
 * EXIT_FAILED if the verdict could not be saved.
 */
enum exit_code drift_timer_report(struct context *context, const struct comparison *comparison,
				  const struct runtime *runtime, const struct host_writers *writers,
				  enum exit_code code);

/* Prints what else an administrator must do after on_drift = restore was installed. */
void drift_timer_describe(struct context *context, const struct comparison *comparison);
