/* Looks for whatever else writes the plan's values: files of sysctl.d, modprobe.d, and of programs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/sources/writers.h"
#include "steps/comparison.h"

/* Texts of files, the path of each as its reader names it. Owned. */
struct texts {
	struct sysctl_file *items;
	struct text_own {
		char *path, *text;
	} * own; /* what the items point to, one for each */
	size_t count;
};
void texts_done(struct texts *texts);

struct host_writers {
	struct values values; /* of the plan; what the writers point to */
	struct writers writers;
};
void host_writers_done(struct host_writers *found);

/* All files of sysctl.d and /etc/sysctl.conf; those that cannot be read are reported and left out. -ENOMEM. */
MUST_CHECK int find_sysctl_files(const struct context *context, struct texts *ret);

/* Also below --root. Nothing in mode disable. EXIT_FAILED was reported. */
enum exit_code find_writers(struct context *context, const struct session *session,
			    struct host_writers *ret);

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
