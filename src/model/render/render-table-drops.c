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
	if (counters->known[COUNTER_EARLY_DROP]) {
		buffer_add(text, ", ");
		screen_add_number(text, value[COUNTER_EARLY_DROP], "entry early", "entries early");
	}
	if (counters->known[COUNTER_INSERT_FAILED]) {
		buffer_add(text, ", ");
		screen_add_number(text, value[COUNTER_INSERT_FAILED], "insert", "inserts");
	}
	if (counters->known[COUNTER_CHAIN_TOO_LONG])
		buffer_add_counted(text, " (", value[COUNTER_CHAIN_TOO_LONG], " by long chains)");
}

static void add_times(struct buffer *text, uint64_t count)
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
	struct buffer *text = &screen_add(screen, "messages", RANK_MESSAGES)->text;
	const struct full_messages *messages = &table->messages;
	const char *log = messages->cut		 ? "the newest 100,000 lines of the log"
			  : messages->since_boot ? "the log"
						 : "what is left of the log";

	if (!messages->known)
		return;
	if (messages->count == 0) {
		buffer_printf(text, "no \"table full\" in %s", log);
	} else {
		buffer_add(text, "\"table full\"");
		add_times(text, messages->count);
		buffer_printf(text, " in %s, ", log);
		add_kept_moment(text, messages->first, table->now);
		if (messages->last != messages->first) {
			buffer_add(text, " to ");
			add_kept_moment(text, messages->last, table->now);
		}
		buffer_add(text, "; a sign, not a count");
	}
	if (messages->namespaces > 0)
		buffer_add_counted(text, "; ", messages->namespaces,
				   " of another network namespace");
	if (messages->expectations > 0) {
		buffer_add(text, "; \"expectation table full\"");
		add_times(text, messages->expectations);
		if (table->expect_max.known)
			buffer_add_counted(text, ", its max is ", table->expect_max.value, "");
	}
}
