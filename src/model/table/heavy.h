/* Finds the most frequent keys of a long stream in constant memory, with a computed error. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* An address, IPv4 in the first 4 bytes, with a port if the key has one. Unused bytes are 0. */
struct heavy_key {
	uint8_t address[16];
	uint16_t port;
	uint8_t protocol; /* IPPROTO_ */
	uint8_t family;	  /* AF_INET, AF_INET6; 0: no address */
};

/*
 * The key was counted `count` times for certain, and at most `error` times more, because it may
 * have been forgotten once.
 */
struct heavy_item {
	struct heavy_key key;
	uint32_t count, error;
	uint32_t marked; /* how many of `count` were added with a mark */
};

/*
 * The most keys that are remembered at a time, and the slots of the hash table. HEAVY_MOST is even.
 */
#define HEAVY_MOST  1024U
#define HEAVY_SLOTS 2048U

/*
 * The counters of Space-Saving (Metwally and others, 2005), with a purge in place of the single
 * replacement: when a new key finds HEAVY_MOST keys, the half with the smallest bounds is forgotten
 * at once, so that an update costs O(1) on average and needs no ordered list. Each purge takes what
 * it forgets from at least HEAVY_MOST / 2 keys, so that `forgotten` is never more than
 * 2 x total / HEAVY_MOST, which is 0.2 % of the stream.
 */
struct heavy {
	struct heavy_item slots[HEAVY_SLOTS]; /* a count of 0: the slot is free */
	size_t used;
	uint64_t seed;	    /* of the hash; unknown to whoever chooses the keys */
	uint32_t forgotten; /* no key that is not remembered was counted more often than this */
	uint64_t total;
};

/* Makes an empty structure, which the caller must free(). Returns -ENOMEM. */
MUST_CHECK int heavy_new(uint64_t seed, struct heavy **ret);

/* Counts the key once. */
void heavy_add(struct heavy *heavy, const struct heavy_key *key, bool marked);

/*
 * Marks all that was counted of the key. Returns how much of it had no mark; 0 if the key is not
 * remembered.
 */
uint32_t heavy_mark(struct heavy *heavy, const struct heavy_key *key);

/*
 * Copies the most frequent keys, at most `most`, the most frequent first; equal ones are ordered by
 * their key. The order is by `count`. Returns how many there are.
 */
size_t heavy_top(const struct heavy *heavy, struct heavy_item *ret, size_t most);

/* As heavy_top(), but by `marked` instead of `count`; keys without a mark are left out. */
size_t heavy_top_marked(const struct heavy *heavy, struct heavy_item *ret, size_t most);

/* A hash of the key that an attacker cannot foretell without the seed. */
uint64_t heavy_hash(const struct heavy_key *key, uint64_t seed);
