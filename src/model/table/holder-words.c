/* Says who fills the table: which holders are worth a mention, and one sentence on the largest. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/holder-words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A holder counts as heavy from this share on, in tenths of a percent. */
#define HEAVY_SHARE 50U

uint64_t share_tenths(uint64_t part, uint64_t whole)
{
	if (whole == 0)
		return 0;
	return part > UINT64_MAX / 2000 ? part / (whole / 1000 + 1)
					: (part * 2000 + whole) / (whole * 2);
}

void share_add(struct buffer *b, uint64_t part, uint64_t whole)
{
	uint64_t tenths = share_tenths(part, whole);

	if (tenths >= 10 || part == 0)
		buffer_printf(b, "%" PRIu64 " %%", (tenths + 5) / 10);
	else
		buffer_add(b, "under 1 %");
}

static bool is_heavy(uint64_t part, uint64_t whole)
{
	return share_tenths(part, whole) >= HEAVY_SHARE;
}

void holders_find_sources(const struct holders *holders, struct top_sources *ret)
{
	struct top_sources found = {.network = {.count = 0}};
	struct heavy_item networks[1];
	size_t count = heavy_top(holders->sources, found.items, ARRAY_SIZE(found.items));

	found.count = count;
	if (count == 0) {
		*ret = found;
		return;
	}
	found.heavy = 0;
	while (found.heavy < count && is_heavy(found.items[found.heavy].count, holders->total))
		found.heavy++;
	/* A network says more than its largest source if that has less than half of its entries. */
	if (heavy_top(holders->networks, networks, 1) > 0 &&
	    is_heavy(networks[0].count, holders->total) &&
	    networks[0].count > 2 * (uint64_t)found.items[0].count)
		found.network = networks[0];
	*ret = found;
}

void holder_add_address(struct buffer *b, const struct heavy_key *key, bool network, bool hide,
			size_t number)
{
	char text[HOLDER_TEXT_SIZE];

	if (hide) {
		buffer_printf(b, network ? "network %zu" : "address %zu", number);
		return;
	}
	holder_to_text(key, network, text);
	buffer_add(b, text);
}

static void add_of_all(struct buffer *b, uint64_t part, uint64_t whole)
{
	buffer_add_count(b, part);
	buffer_add_counted(b, " of ", whole, " entries (");
	share_add(b, part, whole);
	buffer_add(b, ")");
}

static bool describe_source(const struct holders *holders, bool hide, struct buffer *b)
{
	struct top_sources sources;
	bool network;
	const struct heavy_item *item;

	holders_find_sources(holders, &sources);
	network = sources.network.count > 0;
	if (sources.heavy == 0 && !network)
		return false;
	item = network ? &sources.network : &sources.items[0];
	add_of_all(b, item->count, holders->total);
	buffer_add(b, network ? " are from network " : " are from ");
	if (hide)
		buffer_add(b, network ? "whose addresses are left out" : "one address");
	else
		holder_add_address(b, &item->key, network, false, 1);
	return true;
}

void owner_add_name(struct buffer *b, const struct owner *owner)
{
	buffer_add(b, owner_kind_to_string(owner->kind));
	if (owner->kind == OWNER_HOST)
		return;
	buffer_add(b, " ");
	buffer_add_shown(b, owner->name, strlen(owner->name));
}

bool holders_describe(const struct holders *holders, bool hide, struct buffer *b)
{
	size_t owner, count = holders_top_owners(holders, &owner, 1);
	const struct owner *largest = &holders->owners.items[count ? owner : 0];
	bool named = count > 0 && largest->kind != OWNER_HOST &&
		     is_heavy(largest->entries, holders->total);

	if (describe_source(holders, hide, b)) {
		if (named) {
			buffer_add(b, "; ");
			add_of_all(b, largest->entries, holders->total);
			buffer_add(b, " belong to ");
			owner_add_name(b, largest);
		}
		return true;
	}
	if (!named)
		return false;
	add_of_all(b, largest->entries, holders->total);
	buffer_add(b, " belong to ");
	owner_add_name(b, largest);
	return true;
}
