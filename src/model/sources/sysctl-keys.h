/* Finds the keys of sysctl.d that mean one of some names: exact, oddly written, or patterns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "model/sources/assignments.h"
#include "model/sources/sysctl-pattern.h"

/*
 * Bounds on the cost of hostile files: the bytes of different patterns and of keys with needless
 * slashes that are matched, and the lines with such a pattern. A normal host has a few patterns
 * that may match a key of connection tracking.
 */
#define SYSCTL_PATTERN_BYTES_MAX 65536U
#define SYSCTL_PATTERN_LINES_MAX 100000U

/* A name that a key means. */
struct sysctl_lead {
	size_t name;
	/* owned; for a pattern, the name with the needless slashes of the pattern */
	char *found;
};

/* A key as written, with normalized separators. */
struct sysctl_key {
	char *text; /* owned */
	bool is_pattern;
	bool seen;		   /* for the caller: whether a line has it */
	size_t entry;		   /* for the caller */
	struct sysctl_lead *leads; /* owned; the names that the key means */
	size_t lead_count;
};

/* Start with sysctl_keys_new(), and release with sysctl_keys_done(). */
struct sysctl_keys {
	const char *const *names; /* not owned */
	const char **sorted;	  /* the same names in byte order */
	size_t name_count;
	size_t shortest; /* length of the shortest name */
	enum sysctl_reader reader;
	void *tree;		       /* of struct sysctl_key, ordered by text */
	size_t bytes_left, lines_left; /* what is left of the bounds above */
	struct buffer scratch;
};

/*
 * Starts with different names that have slashes ("net/netfilter/nf_conntrack_max"). They are not
 * copied. Returns -ENOMEM.
 */
MUST_CHECK int sysctl_keys_new(struct sysctl_keys *keys, const char *const *names, size_t count,
			       enum sysctl_reader reader);
void sysctl_keys_done(struct sysctl_keys *keys);

/*
 * Finds the names that the key of an assignment means. Returns 1 and sets *ret_key, which is valid
 * as long as the keys; 0 if it means none of the names; -E2BIG if a bound above was exceeded; or
 * -ENOMEM. A key that means none costs a few comparisons.
 */
MUST_CHECK int sysctl_keys_find(struct sysctl_keys *keys, const struct assignment *assignment,
				struct sysctl_key **ret_key);

/* Returns whether a line has exactly this key. */
bool sysctl_keys_have_seen(const struct sysctl_keys *keys, char *text);
