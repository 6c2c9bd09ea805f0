/* Reads sysctl.d text into assignments, as each of its two readers does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "base/buffer.h"

enum sysctl_reader {
	SYSCTL_SYSTEMD, /* systemd-sysctl; measured: 252 */
	SYSCTL_PROCPS,	/* sysctl --system; measured: procps-ng 4.0.2 */
};

struct assignment {
	unsigned int line; /* from 1, as the reader counts */
	/*
	 * Below /proc/sys, with slashes. systemd-sysctl keeps keys in one form ("net//x/" is "net/x"), procps as they were
	 * written but for the separators: "net//x" and "net/x" are two keys. Owned; the next call uses the memory again.
	 */
	struct buffer key;
	const char *
		value; /* trimmed, in the text; NULL: "-key" without "=" keeps patterns off the key */
	size_t value_length;
	bool may_fail; /* "-key = value" */
};
void assignment_done(struct assignment *assignment);

/*
 * Reads the next assignment from *position on; lines that the reader ignores are only counted. Returns 1 if there is one,
 * with *position and *number behind it, 0 at the end of the text, or -ENOMEM. Start with *position at the text, *number 1 and
 * an assignment of zeroes. The cost grows with the length of the text alone; memory is taken for the longest key only.
 */
MUST_CHECK int assignment_next(const char **position, unsigned int *number,
			       enum sysctl_reader reader, struct assignment *assignment);

/* Removes needless slashes and "." from a key, which lead nowhere: "net//./x/" becomes "net/x". */
void sysctl_key_simplify(char *key);

/* Whether the readers look for files that match the key, rather than for one with this name. */
bool assignment_is_pattern(const struct assignment *assignment);
