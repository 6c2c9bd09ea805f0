/* Counts the foreign writes since boot by key, from what the witness recorded between two looks. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/witness/witness-ring.h"

/* The most keys that are counted. The schema has fewer. */
#define FOREIGN_KEYS_MAX 128U

struct foreign_key {
	char key[WITNESS_NAME_SIZE + 1];
	uint64_t count;
};

/* Writes of another number than the configured one, since boot. Start with {0}. */
struct foreign_writes {
	struct foreign_key keys[FOREIGN_KEYS_MAX];
	size_t key_count;
	uint64_t lost; /* writes of conntrack keys that no look has seen */
	/* When the last witness was loaded, and how many of its writes were counted. */
	uint64_t loaded;
	uint64_t seen[WITNESS_RINGS];
};

/*
 * Reads what foreign_writes_format() has written. A line that cannot be parsed is ignored. text is
 * changed.
 */
void foreign_writes_parse(char *text, struct foreign_writes *ret);
void foreign_writes_format(const struct foreign_writes *writes, struct buffer *b);

/* Returns the count of a key, which is added with 0 if it is missing; NULL if there is no room. */
struct foreign_key *foreign_writes_find(struct foreign_writes *writes, const char *key);

/*
 * Counts the writes that came since the last look, and those of them whose record is lost.
 * find_key returns the configured key of which an event is a foreign write, or NULL. A witness that
 * was loaded since begins with its first write.
 */
void foreign_writes_count(struct foreign_writes *writes, const struct witness_ring *ring,
			  const char *(*find_key)(const struct witness_event *event,
						  const void *data),
			  const void *data);

/* Returns the sum of all keys. */
uint64_t foreign_writes_total(const struct foreign_writes *writes);
