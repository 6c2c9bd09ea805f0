/* Keeps what --watch remembers of the table: shares for the curve, last figures for the rates. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/render/render-table.h"

static void add_share(struct history *history, struct figure share)
{
	if (history->count == HISTORY_SIZE) {
		memmove(history->shares, history->shares + 1,
			(HISTORY_SIZE - 1) * sizeof(history->shares[0]));
		history->count--;
	}
	history->shares[history->count++] = share;
}

/* Forgets the earlier looks if the clock was set back. */
static void add_look(struct history *history, const struct table *table)
{
	if (!table->entries.known)
		return;
	if (history->look_count > 0 && table->now <= history->looks[history->look_count - 1].when)
		history->look_count = 0;
	if (history->look_count == HISTORY_SIZE) {
		memmove(history->looks, history->looks + 1,
			(HISTORY_SIZE - 1) * sizeof(history->looks[0]));
		history->look_count--;
	}
	history->looks[history->look_count++] =
		(struct forecast_look){table->now, table->entries.value};
}

/*
 * Returns how much a counter has grown, or 0 if one look lacks it or it has restarted, as when the
 * module is loaded again.
 */
static uint64_t counted_since(const struct counters *then, const struct counters *now,
			      enum counter counter)
{
	if (!then->known[counter] || !now->known[counter] ||
	    now->value[counter] < then->value[counter])
		return 0;
	return now->value[counter] - then->value[counter];
}

void history_add(struct history *history, const struct table *table,
		 const struct judgement *judgement)
{
	/* The clock may have been set back. */
	history->rates_known = history->count > 0 && history->entries.known &&
			       table->entries.known && table->now > history->last;
	if (history->rates_known) {
		history->seconds = (double)(table->now - history->last) / 1e6;
		history->entries_change = (int64_t)(table->entries.value - history->entries.value);
		for (int i = 0; i < COUNTERS; i++)
			history->counted[i] = counted_since(&history->counters, &table->counters,
							    (enum counter)i);
	}
	add_share(history, judgement->share);
	add_look(history, table);
	history->last = table->now;
	history->entries = table->entries;
	history->counters = table->counters;
}
