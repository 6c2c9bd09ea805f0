/* The screen of the table: the entries by kind. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>

#include "model/render/render-table-rows.h"

/* How many kinds are named; the rest are one figure. */
#define NAMED 5

/* Idle connections are shown from one part in this many of the entries on. */
#define IDLE_SHARE 20

/* A TCP state is named from one part in this many of the TCP entries on. */
#define SMALL_SHARE 100

/* One kind of entries: their number and name. */
struct kind {
	uint64_t count;
	size_t index;
};

/*
 * Finds the largest kinds, largest first. Returns how many there are, at most NAMED; sets *ret_rest
 * to the entries of the others.
 */
static size_t find_largest(const uint64_t *counts, size_t count, struct kind *ret,
			   uint64_t *ret_rest)
{
	size_t found = 0;

	*ret_rest = 0;
	for (size_t i = 0; i < count; i++) {
		size_t at = found;

		if (counts[i] == 0)
			continue;
		while (at > 0 && ret[at - 1].count < counts[i])
			at--;
		if (found == NAMED)
			*ret_rest += at == NAMED ? counts[i] : ret[NAMED - 1].count;
		else
			found++;
		for (size_t k = found - 1; k > at; k--)
			ret[k] = ret[k - 1];
		if (at < NAMED)
			ret[at] = (struct kind){.count = counts[i], .index = i};
	}
	return found;
}

/*
 * Moves kinds of less than 1 % of all to the rest, if there are at least two of them or there is a
 * rest. Returns how many kinds are left.
 */
static size_t join_small(uint64_t all, const struct kind *kinds, size_t count, uint64_t *rest)
{
	size_t left = count;

	while (left > 0 && kinds[left - 1].count < all / SMALL_SHARE)
		left--;
	if (count - left < 2 && *rest == 0)
		return count;
	for (size_t i = left; i < count; i++)
		*rest += kinds[i].count;
	return left;
}

/* Adds ", NAME COUNT" without a line break inside. */
static void add_kind(struct buffer *text, const char *name, uint64_t count)
{
	size_t from;

	buffer_add(text, text->length > 0 ? ", " : "");
	from = text->length;
	buffer_add(text, name);
	buffer_add_counted(text, " ", count, "");
	screen_keep_together(text, from);
}

static void add_protocols(struct screen *screen, const struct entry_counts *contents)
{
	struct buffer *text = &screen_add(screen, "protocols", RANK_PROTOCOLS)->text;
	struct kind kinds[NAMED];
	uint64_t rest;
	size_t count = find_largest(contents->by_protocol, ARRAY_SIZE(contents->by_protocol), kinds,
				    &rest);

	for (size_t i = 0; i < count; i++) {
		const char *name = protocol_to_string((uint8_t)kinds[i].index);
		char number[24];

		(void)snprintf(number, sizeof(number), "protocol-%zu", kinds[i].index);
		add_kind(text, name ? name : number, kinds[i].count);
	}
	if (rest > 0)
		add_kind(text, "others", rest);
	if (contents->unreplied > 0)
		buffer_add_counted(text, "; ", contents->unreplied, " unreplied");
}

static void add_states(struct screen *screen, const struct entry_counts *contents)
{
	struct buffer *text = &screen_add(screen, "tcp states", RANK_STATES)->text;
	struct kind kinds[NAMED];
	uint64_t rest;
	size_t count =
		find_largest(contents->by_state, ARRAY_SIZE(contents->by_state), kinds, &rest);

	if (!screen->style->verbose)
		count = join_small(contents->by_protocol[IPPROTO_TCP], kinds, count, &rest);
	for (size_t i = 0; i < count; i++)
		add_kind(text, tcp_state_to_string((enum tcp_state)kinds[i].index), kinds[i].count);
	if (rest > 0)
		add_kind(text, "others", rest);
}

static void add_remaining(struct screen *screen, const struct entry_counts *contents)
{
	struct buffer *text = &screen_add(screen, "expires in", RANK_REMAINING)->text;

	static const char *const bands[TIME_BANDS] = {
		"30 s:", "2 min:", "10 min:", "1 h:", "6 h:", "1 day:", "5 days:", "later:"};

	for (size_t i = 0; i < TIME_BANDS; i++)
		if (contents->by_time[i] > 0)
			add_kind(text, bands[i], contents->by_time[i]);
	if (contents->offloaded > 0)
		add_kind(text, "offloaded:", contents->offloaded);
}

/* Adds the duration in the largest unit that divides it. */
static void add_duration(struct buffer *text, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *one, *many;
	} units[] = {
		{86400, "day", "days"},
		{3600, "h", "h"},
		{60, "min", "min"},
		{1, "s", "s"},
	};
	size_t unit = 0;

	while (unit + 1 < ARRAY_SIZE(units) && (seconds == 0 || seconds % units[unit].seconds != 0))
		unit++;
	screen_add_number(text, seconds / units[unit].seconds, units[unit].one, units[unit].many);
}

static void add_idle(struct screen *screen, const struct table *table)
{
	struct buffer *text = &screen_add(screen, "idle", RANK_IDLE)->text;
	const struct entry_counts *contents = table->contents;

	if (contents->idle_below == 0 || !table->tcp_established.known ||
	    table->tcp_established.value <= contents->idle_below)
		return;
	/* A few silent connections fill no table. */
	if (!screen->style->verbose && contents->idle * IDLE_SHARE <= contents->total)
		return;
	buffer_add_counted(text, "", contents->idle, " ESTABLISHED without a packet for over ");
	add_duration(text, table->tcp_established.value - contents->idle_below);
}

void add_kinds(struct screen *screen, const struct table *table)
{
	if (!table->contents)
		return;
	add_protocols(screen, table->contents);
	add_states(screen, table->contents);
}

void add_times(struct screen *screen, const struct table *table)
{
	if (!table->contents)
		return;
	add_remaining(screen, table->contents);
	add_idle(screen, table);
}
