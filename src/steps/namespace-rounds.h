/* Repeats the listing of network namespaces until it has nothing new. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

/* The listings of one run. */
struct namespace_rounds {
	struct namespace_identity *seen; /* the namespaces of the last listing; owned */
	size_t seen_count;
	uint64_t begin;	       /* microseconds since the epoch */
	unsigned int rounds;   /* listings so far */
	unsigned int pause_ms; /* before the next one */
	unsigned int quiet_ms; /* pauses since the last new namespace */
};
void namespace_rounds_begin(const struct context *context, struct namespace_rounds *rounds);
void namespace_rounds_done(struct namespace_rounds *rounds);

/* Returns whether the namespace was not in the last listing. */
bool namespace_rounds_is_new(const struct namespace_rounds *rounds,
			     const struct network_namespace *namespace);

/* Keeps this listing in place of the one before. -ENOMEM. */
MUST_CHECK int namespace_rounds_keep(struct namespace_rounds *rounds,
				     const struct network_namespaces *namespaces);

/*
 * Returns whether all namespaces are listed once more, and makes the pause before that. `changed`:
 * the last listing had something new, or a name that still waits for its namespace. Ends at a
 * signal, and after a bounded time.
 */
bool namespace_rounds_wait(struct context *context, bool changed, struct namespace_rounds *rounds);
