/* The screen of the table: what was dropped, and what the kernel logged about it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "model/render/render-table-rows.h"

static bool is_zero(const struct counters *counters)
{
	static const enum counter shown[] = {COUNTER_DROP, COUNTER_EARLY_DROP,
					     COUNTER_INSERT_FAILED, COUNTER_CHAIN_TOO_LONG};

	for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
		if (counters->known[shown[i]] && counters->value[shown[i]] > 0)
			return false;
	return true;
}

/* Adds ", 7 new entries refused", unless the kernel counted none. */
static void add_counted(struct buffer *text, const struct counters *counters, enum counter counter,
			const char *one, const char *many)
{
	if (!counters->known[counter] || counters->value[counter] == 0)
		return;
	buffer_add(text, ", ");
	screen_add_number(text, counters->value[counter], one, many);
}

void add_dropped(struct screen *screen, const struct table *table,
		 const struct judgement *judgement)
{
	struct buffer *text = &screen_add(screen, "dropped", RANK_STAYS)->text;
	const struct counters *counters = &table->counters;
	const uint64_t *value = counters->value;

	if (!counters->known[COUNTER_DROP])
		return;
	if (is_zero(counters)) {
		buffer_add(text, "nothing");
		return;
	}
	screen_add_number(text, judgement->dropped, "packet", "packets");
	add_counted(text, counters, COUNTER_EARLY_DROP, "entry evicted to make room",
		    "entries evicted to make room");
	add_counted(text, counters, COUNTER_INSERT_FAILED, "new entry refused",
		    "new entries refused");
	if (counters->known[COUNTER_CHAIN_TOO_LONG] && value[COUNTER_CHAIN_TOO_LONG] > 0)
		buffer_add_counted(text, " (", value[COUNTER_CHAIN_TOO_LONG], " by long chains)");
}

static void add_often(struct buffer *text, uint64_t count)
{
	if (count == 1)
		buffer_add(text, " once");
	else
		buffer_add_counted(text, " ", count, " times");
}

static void add_kept_moment(struct buffer *text, uint64_t when, uint64_t now)
{
	size_t from = text->length;

	add_moment(text, when, now);
	screen_keep_together(text, from);
}

void add_messages(struct screen *screen, const struct table *table)
{
	struct buffer *text = &screen_add(screen, "in the log", RANK_MESSAGES)->text;
	const struct full_messages *messages = &table->messages;
	const char *log = messages->cut		 ? " in its newest 100,000 lines"
			  : messages->since_boot ? ""
						 : " in what is left of it";

	if (!messages->known || messages->count + messages->expectations == 0)
		return;
	buffer_add(text, messages->count > 0 ? "\"table full\"" : "no \"table full\"");
	if (messages->count > 0) {
		add_often(text, messages->count);
		buffer_printf(text, "%s, ", log);
		add_kept_moment(text, messages->first, table->now);
		if (messages->last != messages->first) {
			buffer_add(text, " to ");
			add_kept_moment(text, messages->last, table->now);
		}
	}
	if (messages->namespaces > 0)
		buffer_add_counted(text, "; ", messages->namespaces,
				   " of another network namespace");
	if (messages->expectations > 0) {
		buffer_add(text, "; \"expectation table full\"");
		add_often(text, messages->expectations);
		if (table->expect_max.known)
			buffer_add_counted(text, ", its max is ", table->expect_max.value, "");
	}
}
