/* Says who fills the table: which holders are worth a mention, and one sentence on the largest. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "base/buffer.h"
#include "model/table/holders.h"

/* Returns the share in tenths of a percent, rounded. */
uint64_t share_tenths(uint64_t part, uint64_t whole);
/* Adds a share such as "33 %" or "under 1 %". */
void share_add(struct buffer *b, uint64_t part, uint64_t whole);

/* The sources that are worth a mention. */
struct top_sources {
	struct heavy_item items[3];
	size_t count;
	size_t heavy; /* how many of them have 5 % of the entries or more */
	/* a network of many sources, of which none is as heavy; a count of 0: there is none */
	struct heavy_item network;
};
void holders_find_sources(const struct holders *holders, struct top_sources *ret);

/* Adds the address, or "address NUMBER" in its place if addresses must be left out. */
void holder_add_address(struct buffer *b, const struct heavy_key *key, bool network, bool hide,
			size_t number);

/* Adds "container web", "unit nginx.service" or "this host", as one harmless line. */
void owner_add_name(struct buffer *b, const struct owner *owner);

/*
 * Adds one sentence without its period: "1,000 of 3,000 entries (33 %) are from 10.66.6.6; 1,000 of
 * 3,000 entries (33 %) belong to container web". hide: addresses are left out. Returns false, and
 * adds nothing, if nobody has 5 % of the entries.
 */
bool holders_describe(const struct holders *holders, bool hide, struct buffer *b);
