/* The screen of the table: who holds the entries. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <netinet/in.h>

#include "model/render/render-table-rows.h"
#include "model/table/holder-words.h"

/* How many holders are named in a row. */
#define NAMED 3

/* Owners with less, in tenths of a percent, are summed up. */
#define OWNER_SHARE 50

/* Where a name is cut. */
#define NAME_MOST 32

/* Adds " 1,000 (33 %)" to a name that begins at `from`, without a line break inside. */
static void add_part(struct buffer *text, size_t from, uint64_t entries, uint64_t total)
{
	buffer_add_counted(text, " ", entries, " (");
	share_add(text, entries, total);
	buffer_add(text, ")");
	screen_keep_together(text, from);
}

/* Begins the next holder and returns where its text begins. */
static size_t start_part(struct buffer *text)
{
	if (text->length > 0)
		buffer_add(text, ", ");
	return text->length;
}

static void add_rest(struct buffer *text, const char *name, uint64_t rest, uint64_t total)
{
	size_t from;

	if (rest == 0)
		return;
	from = start_part(text);
	buffer_add(text, name);
	add_part(text, from, rest, total);
}

static void add_owners(struct screen *screen, const struct holders *holders)
{
	struct buffer *text = &screen_add(screen, "top owners", RANK_OWNERS)->text;
	size_t items[NAMED], count = holders_top_owners(holders, items, NAMED);
	uint64_t rest = holders->total - holders->foreign;

	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct owner *owner = &holders->owners.items[items[i]];
		struct buffer CLEANUP(buffer_clear) name = {0};
		size_t from;

		/* The largest one is named in any case. */
		if (i > 0 && share_tenths(owner->entries, holders->total) < OWNER_SHARE)
			break;
		from = start_part(text);
		owner_add_name(&name, owner);
		buffer_printf(text, "%.*s%s", NAME_MOST, name.data,
			      name.length > NAME_MOST ? "..." : "");
		add_part(text, from, owner->entries, holders->total);
		rest -= owner->entries < rest ? owner->entries : rest;
	}
	add_rest(text, "others", rest, holders->total);
	add_rest(text, "no owner here", holders->foreign, holders->total);
}

static void add_sources(struct screen *screen, const struct holders *holders)
{
	struct buffer *text = &screen_add(screen, "top sources", RANK_SOURCES)->text;
	bool hide = screen->style->no_addresses;
	uint64_t rest = holders->total;
	struct top_sources top;

	holders_find_sources(holders, &top);
	if (top.count == 0)
		return;
	if (top.network.count > 0) {
		holder_add_address(text, &top.network.key, true, hide, 1);
		add_part(text, 0, top.network.count, holders->total);
	}
	for (size_t i = 0; i < top.heavy && top.network.count == 0; i++) {
		size_t from = start_part(text);

		holder_add_address(text, &top.items[i].key, false, hide, i + 1);
		add_part(text, from, top.items[i].count, holders->total);
		rest -= top.items[i].count;
	}
	if (text->length == 0) {
		buffer_add(text, "no heavy one; the largest has");
		add_part(text, text->length, top.items[0].count, holders->total);
	} else if (top.network.count == 0) {
		add_rest(text, "others", rest, holders->total);
	} else {
		buffer_add(text, ", no address of it has half of that");
	}
}

static void add_ports(struct screen *screen, const struct entry_counts *contents, uint64_t total)
{
	struct buffer *text = &screen_add(screen, "top ports", RANK_PORTS)->text;
	struct port_item ports[NAMED];
	size_t count = entries_top_ports(contents, ports, NAMED);

	for (size_t i = 0; i < count; i++) {
		size_t from;

		if (share_tenths(ports[i].entries, total) < 10)
			break;
		from = start_part(text);
		buffer_printf(text, "%s/%u", protocol_to_string(ports[i].protocol), ports[i].port);
		add_part(text, from, ports[i].entries, total);
	}
}

static void add_forwards(struct screen *screen, const struct holders *holders)
{
	struct buffer *text = &screen_add(screen, "forwards to", RANK_FORWARDS)->text;
	struct heavy_item items[NAMED];
	size_t count = heavy_top(holders->forwards, items, NAMED);

	for (size_t i = 0; i < count; i++) {
		const struct heavy_key *key = &items[i].key;
		bool brackets = key->family == AF_INET6 && !screen->style->no_addresses;
		size_t from;

		if (share_tenths(items[i].count, holders->total) < 10)
			break;
		from = start_part(text);
		buffer_add(text, brackets ? "[" : "");
		holder_add_address(text, key, false, screen->style->no_addresses, i + 1);
		buffer_add(text, brackets ? "]" : "");
		if (key->port > 0)
			buffer_printf(text, ":%u", key->port);
		add_part(text, from, items[i].count, holders->total);
	}
}

void add_holders(struct screen *screen, const struct table *table)
{
	if (!table->holders || !table->contents || table->holders->total == 0)
		return;
	add_owners(screen, table->holders);
	add_sources(screen, table->holders);
	add_ports(screen, table->contents, table->contents->total);
	add_forwards(screen, table->holders);
}
