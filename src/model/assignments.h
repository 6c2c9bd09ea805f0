/* Reads sysctl.d text into assignments, as each of its two readers does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"

enum sysctl_reader {
	SYSCTL_SYSTEMD, /* systemd-sysctl; measured: 252 */
	SYSCTL_PROCPS,	/* sysctl --system; measured: procps-ng 4.0.2 */
};

struct assignment {
	unsigned int line; /* from 1, as the reader counts */
	/*
	 * Below /proc/sys, with slashes; owned. systemd-sysctl keeps keys in one form ("/net//x/" is "net/x"), procps
	 * as they were written but for the separators, and tells "net//x" from "net/x".
	 */
	char *key;
	char *value; /* trimmed, maybe ""; NULL: "-key" without "=" keeps patterns off the key; owned */
	bool may_fail; /* "-key = value" */
};
void assignment_done(struct assignment *assignment);

/*
 * The next assignment from *position on; lines that the reader passes over are counted only. 1: found, *position and
 * *number moved behind it; 0: none; -ENOMEM. Begin with *position at the text and *number 1.
 */
MUST_CHECK int assignment_next(const char **position, unsigned int *number,
			       enum sysctl_reader reader, struct assignment *ret);

/* Whether the readers look for files that match the key, rather than for one with this name. */
bool assignment_is_pattern(const struct assignment *assignment);
