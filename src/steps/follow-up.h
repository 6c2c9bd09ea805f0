/* Makes the running host follow the files: tells systemd and udevd, sets the values, starts the service. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

struct activation {
	bool looked;		 /* the module's state is known */
	bool there;		 /* the module is there */
	bool blocked;		 /* something keeps it from loading, now or the next time */
	size_t set;		 /* values that were set */
	bool table_waits;	 /* hashsize among them, because the table has too many entries */
	size_t pending;		 /* values that wait for the next load although it is there */
	char pending_names[128]; /* "hashsize and max" */
	size_t out_of_reach; /* values that only the host itself could set; told, and no failure */
};

/*
 * changed: files were. What is not there to be told (no systemd, no udevd) is reported and left out; a value that does
 * not take or a service that fails is EXIT_FAILED.
 */
enum exit_code follow_up(struct context *context, const struct comparison *comparison, bool changed,
			 struct activation *ret);

/* After files went away: systemd and udevd forget them. Failures are warnings. */
void follow_up_without(struct context *context);
