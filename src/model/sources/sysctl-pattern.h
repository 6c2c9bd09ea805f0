/* Matches patterns in the keys of sysctl.d, as glob(3) does with names below /proc/sys. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* A name and whether a pattern matches it. */
struct sysctl_match {
	const char *name; /* not owned: "net/netfilter/nf_conntrack_max" */
	/*
	 * owned; the name with the needless slashes of the pattern; NULL: the pattern does not
	 * match
	 */
	char *found;
};

/*
 * Matches a key with *, ? or [ against all names. braces: whether {a,b} means a and b, as for
 * systemd-sysctl. inout_bytes: how many bytes of patterns may still be matched; each alternative of
 * braces counts as a pattern. The cost is linear in the bytes that are used up. Returns 0 with
 * `found` set in each match, -E2BIG if *inout_bytes is too small (matches found so far stay), or
 * -ENOMEM.
 */
MUST_CHECK int sysctl_pattern_match(const char *pattern, bool braces, struct sysctl_match *matches,
				    size_t count, size_t *inout_bytes);
