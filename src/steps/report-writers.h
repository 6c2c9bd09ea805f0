/* Reports what else sets the plan's values. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/runtime/modprobe-lines.h"
#include "model/sources/writers.h"
#include "steps/context.h"

/*
 * Reports lines of sysctl.d and modprobe.d that were not read because a bound was passed, as errors
 * and in "unread". Returns whether there are any.
 */
bool writers_report_cut(struct context *context, const struct sysctl_cut *cut,
			const struct modprobe_records *records);

/*
 * Fills "writers" of the JSON object and warns of each source that overrides a value. Returns how
 * many values are overridden.
 */
size_t writers_report(struct context *context, const struct host_writers *found);

/*
 * Names running programs that are known to set such values at any time; their files do not show
 * which values.
 */
void writers_say_programs(struct context *context);

/*
 * Names the lines that set a value to what is configured anyway. The administrator can remove them.
 * Lines that the kernel refuses are left out, because preflight_run() reports refused module
 * options, and check the other lines.
 */
void writers_say_others(struct context *context, const struct host_writers *found);
