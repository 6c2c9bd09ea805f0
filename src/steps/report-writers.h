/* Reports what else sets the plan's values. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/runtime/modprobe-lines.h"
#include "model/sources/writers.h"
#include "steps/context.h"

/*
 * Reports lines of sysctl.d and modprobe.d that were not looked at, because a bound was passed, as errors and as unread.
 * Returns whether there are any.
 */
bool writers_report_cut(struct context *context, const struct sysctl_cut *cut,
			const struct modprobe_records *records);

/* Fills "writers" of the JSON object, and tells of those that take a value away. Returns how many values are. */
size_t writers_report(struct context *context, const struct host_writers *found);

/* Names programs that run here and are known to write such values at any time; nobody can say which they will be. */
void writers_say_programs(struct context *context);

/*
 * Names the lines that set the same values and win nothing: they can be taken out, which is left to the administrator. One
 * that the kernel refuses is not among them: of options the look at what loads tells, of other lines check.
 */
void writers_say_others(struct context *context, const struct host_writers *found);
