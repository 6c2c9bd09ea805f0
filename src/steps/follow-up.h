/*
 * Makes the running host follow the files: notifies systemd and udevd, sets the values, starts the
 * service.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

struct activation {
	bool looked;  /* the module's state is known */
	bool there;   /* the module is loaded or built in */
	bool blocked; /* something keeps the module from loading, now or the next time */
	size_t set;   /* number of values that were set */
	/* hashsize waits for the next load, because the table has too many entries */
	bool table_waits;
	/* number of values that wait for the next load although the module is loaded */
	size_t pending;
	char pending_names[128]; /* their names: "hashsize and max" */
	/* number of values that only the host can set; reported, and no failure */
	size_t out_of_reach;
};

/*
 * Makes the host follow. changed: a file was changed. If systemd or udevd does not run, this is
 * reported and left out. Returns EXIT_FAILED if a value could not be set or the service failed.
 */
enum exit_code follow_up(struct context *context, const struct comparison *comparison, bool changed,
			 struct activation *ret);

/* Notifies systemd and udevd that files were removed. Failures are warnings. */
void follow_up_without(struct context *context);

/*
 * Stops the path unit of namespaces = all if this run removes what an installation wrote for it.
 * Failures are warnings.
 */
void follow_up_stop_namespaces(struct context *context, const struct comparison *comparison);
