/* Reads sysctl.d text into assignments, as each of its two readers does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "base/buffer.h"

enum sysctl_reader {
	SYSCTL_SYSTEMD, /* systemd-sysctl; measured with 252 */
	SYSCTL_PROCPS,	/* sysctl --system; measured with procps-ng 4.0.2 */
	/* each line that one of the two reads, and lines without "=" that both ignore; no "-key" */
	SYSCTL_EVERY_LINE,
};

struct assignment {
	unsigned int line; /* from 1, as the reader counts lines */
	/*
	 * The key below /proc/sys, with slashes. systemd-sysctl normalizes keys ("net//x/" is
	 * "net/x"); procps only replaces the separators, so that "net//x" and "net/x" are two keys.
	 * Owned; the next call uses the memory again.
	 */
	struct buffer key;
	const char *written; /* the key as it is written, inside the text */
	size_t written_length;
	/*
	 * The value, trimmed, inside the text. NULL if the line has no "=": "-key" excludes the key
	 * from patterns, and another such line is ignored.
	 */
	const char *value;
	size_t value_length;
	bool may_fail; /* whether the line is "-key = value" */
};
void assignment_done(struct assignment *assignment);

/*
 * Reads the next assignment; lines that the reader ignores only count as lines. Returns 1 if there
 * is one, and moves *position and *number behind it; 0 at the end of the text; or -ENOMEM. Start
 * with *position at the text, *number 1 and an assignment of zeroes. The cost is linear in the
 * text; memory is needed only for the longest key.
 */
MUST_CHECK int assignment_next(const char **position, unsigned int *number,
			       enum sysctl_reader reader, struct assignment *assignment);

/* Removes the slashes and "." in a key that have no effect: "net//./x/" becomes "net/x". */
void sysctl_key_simplify(char *key);

/* Returns whether the readers treat the key as a pattern for files. */
bool assignment_is_pattern(const struct assignment *assignment);
