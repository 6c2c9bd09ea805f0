/* The kernel's counters of connection tracking, summed over all processors. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/counters.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <linux/netfilter/nfnetlink_conntrack.h>

#include "base/attributes.h"
#include "base/text.h"

/* CTA_STATS_CHAIN_TOOLONG, which headers before 5.15 lack; the running kernel may be newer. */
#define STATS_CHAIN_TOO_LONG 15

/* More columns than any kernel has. */
#define COLUMNS_MAX 64
/* The kinds of columns that are not counters. */
#define COLUMN_OTHER   (-1)
#define COLUMN_ENTRIES (-2)

/* Kernels before 5.15 have delete_list in place of chainlength, and do not send the attribute. */
static const struct {
	const char *name;
	uint16_t attribute;
} rows[COUNTERS] = {
	[COUNTER_FOUND] = {"found", CTA_STATS_FOUND},
	[COUNTER_INVALID] = {"invalid", CTA_STATS_INVALID},
	[COUNTER_CHAIN_TOO_LONG] = {"chainlength", STATS_CHAIN_TOO_LONG},
	[COUNTER_INSERT_FAILED] = {"insert_failed", CTA_STATS_INSERT_FAILED},
	[COUNTER_DROP] = {"drop", CTA_STATS_DROP},
	[COUNTER_EARLY_DROP] = {"early_drop", CTA_STATS_EARLY_DROP},
	[COUNTER_SEARCH_RESTART] = {"search_restart", CTA_STATS_SEARCH_RESTART},
};

struct columns {
	int what[COLUMNS_MAX]; /* enum counter, or a kind above */
	size_t count;
};

const char *counter_to_string(enum counter counter)
{
	assert(counter < COUNTERS);
	return rows[counter].name;
}

bool counters_are_known(const struct counters *counters)
{
	for (size_t i = 0; i < COUNTERS; i++)
		if (counters->known[i])
			return true;
	return false;
}

static int column_of(const struct text_word *word, const struct counters *counters)
{
	if (text_word_is(word, "entries"))
		return counters->entries_known ? COLUMN_OTHER : COLUMN_ENTRIES;
	for (int i = 0; i < COUNTERS; i++)
		if (text_word_is(word, rows[i].name) && !counters->known[i])
			return i;
	return COLUMN_OTHER;
}

/* Reads the line of names. */
static int read_names(const char **position, struct columns *columns, struct counters *counters)
{
	struct text_word word;

	for (word = text_next_word(position); word.length > 0; word = text_next_word(position)) {
		int what = column_of(&word, counters);

		if (columns->count == COLUMNS_MAX)
			return -EBADMSG;
		columns->what[columns->count++] = what;
		if (what == COLUMN_ENTRIES)
			counters->entries_known = true;
		else if (what != COLUMN_OTHER)
			counters->known[what] = true;
	}
	return **position == '\n' && counters_are_known(counters) ? 0 : -EBADMSG;
}

/* The kernel's numbers have 32 bits, so that a sum in 64 bits cannot overflow. */
static int read_number(const struct text_word *word, uint32_t *ret)
{
	static const char digits[] = "0123456789abcdef";
	uint32_t number = 0;

	if (word->length == 0 || word->length > 8)
		return -EBADMSG;
	for (size_t i = 0; i < word->length; i++) {
		const char *digit = strchr(digits, word->text[i]);

		if (!digit)
			return -EBADMSG;
		number = number << 4 | (uint32_t)(digit - digits);
	}
	*ret = number;
	return 0;
}

/* Adds the line of one processor. Columns without a name are ignored. */
static int add_line(const char **position, const struct columns *columns, struct counters *counters)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct text_word word = text_next_word(position);
		int what = columns->what[i];
		uint32_t number;
		int error = read_number(&word, &number);

		if (error < 0)
			return error;
		/*
		 * Each line is written a moment after the one before, so that the last one is the
		 * newest.
		 */
		if (what == COLUMN_ENTRIES)
			counters->entries = number;
		else if (what != COLUMN_OTHER)
			counters->value[what] += number;
	}
	*position += strcspn(*position, "\n");
	return 0;
}

int counters_parse(const char *text, struct counters *ret)
{
	struct counters counters = {0};
	struct columns columns = {0};
	size_t lines = 0;
	int error = read_names(&text, &columns, &counters);

	while (error == 0 && *text == '\n' && text[1]) {
		text++;
		error = add_line(&text, &columns, &counters);
		lines++;
	}
	if (error < 0 || lines == 0)
		return -EBADMSG;
	*ret = counters;
	return 0;
}

int counters_add_message(const void *bytes, size_t size, struct counters *counters)
{
	struct attribute_walk walk = {bytes, size};
	struct counters sum = *counters;
	struct attribute attribute;
	int more;

	while ((more = attribute_next(&walk, &attribute)) > 0)
		for (size_t i = 0; i < COUNTERS; i++) {
			uint32_t number;

			if (attribute.type != rows[i].attribute)
				continue;
			if (attribute_u32(&attribute, &number) < 0)
				return -EBADMSG;
			sum.known[i] = true;
			sum.value[i] += number;
		}
	if (more < 0)
		return more;
	*counters = sum;
	return 0;
}
