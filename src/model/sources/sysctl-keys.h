/* The keys of sysctl.d that lead to one of some names: exact ones, oddly written ones and patterns, each known once. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "model/sources/assignments.h"
#include "model/sources/sysctl-pattern.h"

/*
 * A host's own files have a handful of patterns that may mean a key of connection tracking. These bounds hold what hostile ones
 * cost: bytes of different patterns, and of keys with needless slashes, that are matched; and lines with such a pattern.
 */
#define SYSCTL_PATTERN_BYTES_MAX 65536U
#define SYSCTL_PATTERN_LINES_MAX 100000U

/* A name that a key leads to. */
struct sysctl_lead {
	size_t name;
	char *found; /* of a pattern: the name with what slashes the pattern has too many; owned */
};

/* A key as it was written, but for its separators. */
struct sysctl_key {
	char *text; /* owned */
	bool is_pattern;
	bool seen;		   /* some line has it; the caller's */
	size_t entry;		   /* the caller's */
	struct sysctl_lead *leads; /* the names that it leads to; owned */
	size_t lead_count;
};

/* Start with sysctl_keys_new(). */
struct sysctl_keys {
	const char *const *names; /* the caller's */
	const char **sorted;	  /* the same names in byte order */
	size_t name_count;
	size_t shortest; /* length of the shortest name */
	enum sysctl_reader reader;
	void *tree;		       /* of struct sysctl_key, ordered by their texts */
	size_t bytes_left, lines_left; /* of the bounds above */
	struct buffer scratch;
};

/* The names are different and have slashes: "net/netfilter/nf_conntrack_max". -ENOMEM. */
MUST_CHECK int sysctl_keys_new(struct sysctl_keys *keys, const char *const *names, size_t count,
			       enum sysctl_reader reader);
void sysctl_keys_done(struct sysctl_keys *keys);

/*
 * Finds out where an assignment's key leads. Returns 1 with *ret_key, which lives as long as the keys; 0: to none of the
 * names; -E2BIG: not known, because of a bound above; -ENOMEM. A key that leads nowhere costs a few comparisons.
 */
MUST_CHECK int sysctl_keys_find(struct sysctl_keys *keys, const struct assignment *assignment,
				struct sysctl_key **ret_key);

/* Whether some line has this very key. */
bool sysctl_keys_have_seen(const struct sysctl_keys *keys, char *text);
