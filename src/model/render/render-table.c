/* The screen of the table: is it full, why, what would more cost, is it needed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/render/render-table.h"

#include <inttypes.h>
#include <string.h>

#include "model/render/render-table-rows.h"

/* The cells of the bar; it is narrower if that keeps the figures beside it in the line. */
#define BAR_MOST  40
#define BAR_LEAST 10

/* Without a limit on chains, buckets are too few from 4 entries each on, in hundredths. */
#define BUCKET_SHORT 400

/* The bounds of the colours, in tenths of a percent. */
#define SHARE_YELLOW 800
#define SHARE_RED    950

static enum screen_color color_of_verdict(enum verdict verdict)
{
	static const enum screen_color colors[] = {
		[VERDICT_NOT_LOADED] = SCREEN_PLAIN,   [VERDICT_UNKNOWN] = SCREEN_YELLOW,
		[VERDICT_FULL] = SCREEN_RED,	       [VERDICT_CHAINS] = SCREEN_RED,
		[VERDICT_NEARLY_FULL] = SCREEN_YELLOW, [VERDICT_NEARLY_CHAINS] = SCREEN_YELLOW,
		[VERDICT_WAS_FULL] = SCREEN_YELLOW,    [VERDICT_DIFFERS] = SCREEN_YELLOW,
		[VERDICT_UNUSED] = SCREEN_GREEN,       [VERDICT_UNSURE] = SCREEN_YELLOW,
		[VERDICT_FINE] = SCREEN_GREEN,
	};

	return colors[verdict];
}

/*
 * Entries, buckets, memory
 */
static enum screen_color color_of_share(struct figure share)
{
	if (!share.known)
		return SCREEN_PLAIN;
	if (share.value < SHARE_YELLOW)
		return SCREEN_GREEN;
	return share.value < SHARE_RED ? SCREEN_YELLOW : SCREEN_RED;
}

/* Adds a percentage such as "75.0 %". */
static void add_percent(struct buffer *b, uint64_t tenths)
{
	size_t from = b->length;

	buffer_printf(b, "%" PRIu64 ".%" PRIu64 " %%", tenths / 10, tenths % 10);
	screen_keep_together(b, from);
}

static size_t bar_cells(size_t width, size_t text)
{
	size_t beside = width > text + 3 ? width - text - 3 : 0;

	if (beside < BAR_LEAST)
		beside = width - 2;
	return beside < BAR_MOST ? beside : BAR_MOST;
}

static void add_entries(struct screen *screen, const struct table *table,
			const struct judgement *judgement)
{
	struct screen_row *row = screen_add(screen, "entries", RANK_STAYS);

	if (!table->entries.known)
		return;
	buffer_add_count(&row->text, table->entries.value);
	if (!table->max.known)
		buffer_add(&row->text, ", of how many cannot be seen here");
	else if (table->max.value == 0)
		buffer_add(&row->text, ", without limit (max is 0)");
	else
		buffer_add_counted(&row->text, " of ", table->max.value, "");
	if (!judgement->share.known)
		return;
	screen_keep_together(&row->text, 0);
	buffer_add(&row->text, ", ");
	add_percent(&row->text, judgement->share.value);
	row->color = color_of_share(judgement->share);
	screen_add_bar(screen, row, bar_cells(screen_width(screen), row->text.length),
		       judgement->share.value);
}

static void add_limit(struct screen *screen, const struct table *table)
{
	if (table->foreign_max)
		buffer_add(&screen_add(screen, "max", RANK_LIMIT)->text,
			   "the host's; it counts for each network namespace by itself");
}

/* Returns whether the entries are near the number from which chains may be too long. */
static bool are_buckets_short(const struct table *table, const struct judgement *judgement)
{
	if (judgement->verdict == VERDICT_CHAINS || judgement->verdict == VERDICT_NEARLY_CHAINS ||
	    (table->counters.known[COUNTER_CHAIN_TOO_LONG] &&
	     table->counters.value[COUNTER_CHAIN_TOO_LONG] > 0))
		return true;
	if (judgement->chain_entries.known)
		return table->entries.value >= judgement->chain_entries.value / 2;
	return judgement->per_bucket.known && judgement->per_bucket.value >= BUCKET_SHORT;
}

static void add_buckets(struct screen *screen, const struct table *table,
			const struct judgement *judgement)
{
	struct screen_row *row = screen_add(screen, "buckets", RANK_BUCKETS);
	struct buffer *text = &row->text;
	const struct chain_limit *chains = &judgement->chains;

	if (!table->buckets.known ||
	    (!screen->style->verbose && !are_buckets_short(table, judgement)))
		return;
	/* Long chains are a problem that the bar does not show. */
	if (judgement->verdict == VERDICT_CHAINS || judgement->verdict == VERDICT_NEARLY_CHAINS)
		row->color = color_of_verdict(judgement->verdict);
	buffer_add_count(text, table->buckets.value);
	if (judgement->per_bucket.known)
		buffer_printf(text, ", %" PRIu64 ".%02" PRIu64 " entries each",
			      judgement->per_bucket.value / 100, judgement->per_bucket.value % 100);
	if (chains->high > 0)
		buffer_printf(text, "; chain limit %u to %u", chains->low, chains->high);
	if (!judgement->chain_entries.known)
		return;
	if (table->entries.known && table->entries.value >= judgement->chain_entries.value)
		buffer_add_counted(text, ", too many from ", judgement->chain_entries.value, " on");
	else
		buffer_add_counted(text, ", fine up to ", judgement->chain_entries.value, "");
}

/* Returns how many network namespaces track something, with this one. */
static uint64_t tracking(const struct table *table)
{
	uint64_t count = 1;

	for (size_t i = 0; i < table->namespace_count; i++)
		count += table->namespaces[i].entries.known;
	return count;
}

/*
 * Adds the memory of all namespaces, because the buckets are shared but each namespace may fill up
 * to max.
 */
static void add_multiple(struct buffer *text, const struct table *table,
			 const struct judgement *judgement)
{
	uint64_t others = tracking(table) - 1, bytes;

	if (others == 0 || !table->max.known ||
	    __builtin_mul_overflow(table->max.value, judgement->entry_bytes, &bytes) ||
	    __builtin_mul_overflow(bytes, others, &bytes) ||
	    __builtin_add_overflow(bytes, judgement->memory_full.value, &bytes))
		return;
	buffer_add(text, "; ");
	screen_add_amount(text, bytes);
	buffer_add_counted(text, " with all ", others + 1, " namespaces full");
}

static bool is_filling(const struct judgement *judgement)
{
	return judgement->verdict == VERDICT_FULL || judgement->verdict == VERDICT_NEARLY_FULL ||
	       judgement->verdict == VERDICT_WAS_FULL;
}

static void add_memory(struct screen *screen, const struct table *table,
		       const struct judgement *judgement)
{
	struct buffer *text = &screen_add(screen, "memory", RANK_MEMORY)->text;

	if (!judgement->memory_now.known)
		return;
	buffer_add(text, judgement->entry_bytes_measured ? "" : "about ");
	screen_add_amount(text, judgement->memory_now.value);
	buffer_add(text, " now");
	if (!judgement->memory_full.known)
		return;
	buffer_add(text, ", ");
	screen_add_amount(text, judgement->memory_full.value);
	buffer_add(text, " when full");
	if (judgement->memory_full_share.known && table->facts.ram > 0) {
		buffer_add(text, " (");
		add_percent(text, judgement->memory_full_share.value);
		buffer_add(text, " of ");
		screen_add_amount(text, table->facts.ram);
		buffer_add(text, " RAM)");
	}
	/* A larger table is a question only for one that has no room. */
	if (is_filling(judgement) && judgement->memory_full.value <= UINT64_MAX / 2) {
		buffer_add(text, ", ");
		screen_add_amount(text, judgement->memory_full.value * 2);
		buffer_add(text, " at twice the size");
	}
	add_multiple(text, table, judgement);
}

/*
 * The whole screen
 */

/* Keeps the command in one line if it fits. */
static void keep_command_together(const struct screen *screen, struct buffer *text)
{
	static const char *const from[] = {"Next: ", "conntrack-persist "};

	for (size_t i = 0; text->data && i < ARRAY_SIZE(from); i++) {
		const char *command = strstr(text->data, from[i]);

		if (command && strlen(command) <= screen_width(screen))
			screen_keep_together(text, (size_t)(command - text->data));
	}
}

static void add_verdict(struct screen *screen, const struct table *table,
			const struct judgement *judgement)
{
	struct screen_row *row = screen_add(screen, "verdict", RANK_STAYS);

	row->color = color_of_verdict(judgement->verdict);
	render_verdict(table, judgement, &row->text);
	keep_command_together(screen, &row->text);
}

void render_table(const struct table *table, const struct judgement *judgement,
		  const struct history *history, const struct screen_style *style, struct buffer *b)
{
	struct screen screen = {.style = style};

	add_verdict(&screen, table, judgement);
	if (judgement->verdict != VERDICT_NOT_LOADED) {
		add_entries(&screen, table, judgement);
		add_limit(&screen, table);
	}
	add_forecast(&screen, table, history);
	if (history) {
		add_now(&screen, table, history);
		add_history(&screen, history);
	}
	if (judgement->verdict != VERDICT_NOT_LOADED) {
		add_turnover(&screen, table, history);
		add_holders(&screen, table);
		add_kinds(&screen, table);
		add_dropped(&screen, table, judgement);
		add_messages(&screen, table);
		add_memory(&screen, table, judgement);
		add_times(&screen, table);
		add_buckets(&screen, table, judgement);
		add_namespaces(&screen, table);
	}
	add_configured(&screen, table);
	add_changed(&screen, table);
	if (judgement->verdict != VERDICT_NOT_LOADED)
		add_not_shown(&screen, table);
	if (!history)
		add_host(&screen, table);
	screen_draw(&screen, b);
	screen_done(&screen);
}
