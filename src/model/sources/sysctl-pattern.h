/* Patterns in the keys of sysctl.d, matched as glob(3) does against names below /proc/sys. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* A name, and how a pattern finds it. */
struct sysctl_match {
	const char *name; /* the caller's: "net/netfilter/nf_conntrack_max" */
	char *found; /* the name with what slashes the pattern has too many; NULL: the pattern does not find it; owned */
};

/*
 * Matches a key with *, ? or [ against all names at once. braces: {a,b} stands for a and for b, as systemd-sysctl has it.
 * inout_bytes: how many bytes of patterns may still be matched, each alternative of braces counted as a pattern of its own; the
 * cost of a call grows with what it takes from that. Returns 0 with `found` set in each match that the pattern finds; -E2BIG if
 * *inout_bytes is not enough, what was found until then stays; -ENOMEM.
 */
MUST_CHECK int sysctl_pattern_match(const char *pattern, bool braces, struct sysctl_match *matches,
				    size_t count, size_t *inout_bytes);
