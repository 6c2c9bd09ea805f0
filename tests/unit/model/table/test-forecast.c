/*
 * model/table/forecast: six ways in which a table fills up, as functions and as recorded tables, ten
 * minutes ahead; and nothing from too little.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "model/table/forecast.h"

#define SECOND ((uint64_t)1000000)
#define LOOKS  60U
#define STEP   10U
#define AHEAD  600U
#define MAX    100000U

/* The entries after so many seconds. */
typedef double pattern_fn(double seconds);

static double at_a_steady_rate(double seconds)
{
	return 20000 + 60 * seconds;
}

/* A noise of its own, 1 % of max up and down. */
static double with_noise(double seconds)
{
	uint32_t x = (uint32_t)seconds * 2654435761U;

	return 20000 + 60 * seconds + (double)(x >> 16) / 65536 * 2000 - 1000;
}

/* New connections at a steady rate that stay for 20 minutes: the growth slows down. */
static double ever_slower(double seconds)
{
	double left = 1;

	for (int i = 0; i < (int)seconds; i++)
		left *= 1 - 1.0 / 1200;
	return 20000 + 130000 * (1 - left);
}

/* Each minute some more clients come. */
static double ever_faster(double seconds)
{
	return 20000 + 10 * seconds + seconds * seconds / 25;
}

/* A batch each minute. */
static double in_steps(double seconds)
{
	return 20000 + 3600 * (double)((unsigned int)seconds / 60);
}

/* Calm for five minutes, then an attack. */
static double after_a_calm(double seconds)
{
	return seconds < 300 ? 20000 : 20000 + 80 * (seconds - 300);
}

/* Looks for ten minutes until `until`. */
static void look_at(pattern_fn *pattern, double until, struct forecast_look *ret)
{
	for (size_t i = 0; i < LOOKS; i++) {
		double seconds = until - STEP * (double)(LOOKS - 1 - i);

		ret[i] = (struct forecast_look){(uint64_t)((seconds + 10000) * 1e6),
						(uint64_t)pattern(seconds)};
	}
}

/* Max is what the pattern reaches ten minutes after the last look. */
static void ten_minutes_are_foretold(void **state)
{
	static const struct {
		const char *name;
		pattern_fn *pattern;
	} rows[] = {
		{"steady", at_a_steady_rate}, {"noise", with_noise}, {"slower", ever_slower},
		{"faster", ever_faster},      {"steps", in_steps},   {"calm", after_a_calm},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct forecast_look looks[LOOKS];
		uint64_t seconds;

		look_at(rows[i].pattern, 590, looks);
		seconds = forecast_seconds(looks, LOOKS, (uint64_t)rows[i].pattern(590 + AHEAD));
		if (seconds < AHEAD * 8 / 10 || seconds > AHEAD * 12 / 10)
			fail_msg("%s: %" PRIu64 " s", rows[i].name, seconds);
	}
}

/* A record of 20 minutes; see tests/unit/data/fills/record. */
#define RECORD_LOOKS 121U

static void read_record(const char *name, struct forecast_look ret[RECORD_LOOKS])
{
	const char *srcdir = getenv("srcdir");
	size_t count = 0;
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tests/unit/data/fills/%s", srcdir ? srcdir : ".",
		       name);
	file = fopen(path, "re");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	while (count < RECORD_LOOKS &&
	       fscanf(file, "%" SCNu64 " %" SCNu64, &ret[count].when, &ret[count].entries) == 2)
		count++;
	(void)fclose(file);
	expect_number(name, count, RECORD_LOOKS);
}

/* Max is what the table had ten minutes after the last look. */
static void ten_minutes_of_recorded_tables_are_foretold(void **state)
{
	static const char *const names[] = {"steady",	   "irregular",	 "ever_slower",
					    "ever_faster", "in_batches", "after_a_calm"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct forecast_look record[RECORD_LOOKS];
		uint64_t seconds;

		read_record(names[i], record);
		seconds = forecast_seconds(record, LOOKS, record[LOOKS - 1 + AHEAD / STEP].entries);
		if (seconds < AHEAD * 8 / 10 || seconds > AHEAD * 12 / 10)
			fail_msg("%s: %" PRIu64 " s", names[i], seconds);
	}
}

/* At each look while it drained, for any max that the table never had. */
static void recorded_tables_that_drain_are_not_foretold(void **state)
{
	static const struct {
		const char *name;
		size_t from; /* the looks that it drained for */
	} rows[] = {{"draining", 10}, {"drained_at_last", 65}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct forecast_look record[RECORD_LOOKS];

		read_record(rows[i].name, record);
		for (size_t end = rows[i].from; end <= RECORD_LOOKS; end++) {
			size_t first = end > LOOKS ? end - LOOKS : 0;

			expect_number(rows[i].name,
				      forecast_seconds(record + first, end - first, 5000), 0);
		}
	}
}

static double draining(double seconds)
{
	return 90000 - 50 * seconds;
}

static double drained_at_last(double seconds)
{
	return seconds < 300 ? 20000 + 100 * seconds : 50000 - 50 * (seconds - 300);
}

/* It ends at 60,000, far below max. */
static double levelling_off(double seconds)
{
	double left = 1;

	for (int i = 0; i < (int)seconds; i++)
		left *= 1 - 1.0 / 200;
	return 20000 + 40000 * (1 - left);
}

static double nothing_but_noise(double seconds)
{
	return with_noise(seconds) - 60 * seconds;
}

static double too_slow(double seconds)
{
	return 20000 + seconds;
}

static void what_never_fills_is_not_foretold(void **state)
{
	static const struct {
		const char *name;
		pattern_fn *pattern;
	} rows[] = {
		{"draining", draining},	      {"drained at last", drained_at_last},
		{"levelling", levelling_off}, {"noise", nothing_but_noise},
		{"too slow", too_slow},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct forecast_look looks[LOOKS];

		look_at(rows[i].pattern, 590, looks);
		expect_number(rows[i].name, forecast_seconds(looks, LOOKS, MAX), 0);
	}
}

/* A little room above entries that go up and down and do not grow. */
static void noise_is_no_growth(void **state)
{
	struct forecast_look looks[LOOKS];

	(void)state;
	for (unsigned int until = 590; until < 790; until += 7) {
		look_at(nothing_but_noise, until, looks);
		expect_number("noise", forecast_seconds(looks, LOOKS, 21100), 0);
	}
}

static void nothing_is_foretold_from_too_little(void **state)
{
	struct forecast_look looks[LOOKS];

	(void)state;
	look_at(at_a_steady_rate, 590, looks);
	for (size_t count = 0; count < FORECAST_LOOKS; count++)
		expect_number("few", forecast_seconds(looks, count, MAX), 0);
	assert_true(forecast_seconds(looks, FORECAST_LOOKS, 25000) > 0);
	/* Full already. */
	expect_number("full", forecast_seconds(looks, LOOKS, looks[LOOKS - 1].entries), 0);
	/* In too short a time. */
	for (size_t i = 0; i < LOOKS; i++)
		looks[i].when = 1000 * SECOND + i * SECOND / 10;
	expect_number("short", forecast_seconds(looks, LOOKS, MAX), 0);
	/* All at one moment. */
	for (size_t i = 0; i < LOOKS; i++)
		looks[i].when = 1000 * SECOND;
	expect_number("one moment", forecast_seconds(looks, LOOKS, MAX), 0);
}

/* "COUNT FIRST-ENTRIES LAST-ENTRIES" of a record, looked at 4,000 seconds after the epoch. */
static void records_are_read(void **state)
{
	static const struct {
		const char *text, *wanted;
	} rows[] = {
		{"", "0"},
		{"3000000000 5\n3001000000 6\n", "2 5 6"},
		/* without its last line feed */
		{"3000000000 5\n3001000000 6", "2 5 6"},
		/* older than an hour, of the future, of now */
		{"399999999 1\n400000000 2\n3999999999 3\n4000000000 4\n5000000000 5\n", "2 2 3"},
		/* broken lines, and a clock that was set back */
		{"3000000000 5\nx\n3001000000 6\n", "1 6 6"},
		{"3000000000 5\n3000000000 6\n3002000000 7\n", "1 7 7"},
		{"3000000000\n3000000000 \n 5\n3000000000  5\n-1 5\n3000000000 5 6\n", "0"},
		{"99999999999999999999 5\n", "0"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct forecast_look looks[FORECAST_LOOKS_MAX];
		size_t count = forecast_parse(rows[i].text, 4000 * SECOND, looks);
		char found[64];

		(void)snprintf(found, sizeof(found), "0");
		if (count > 0)
			(void)snprintf(found, sizeof(found), "%zu %" PRIu64 " %" PRIu64, count,
				       looks[0].entries, looks[count - 1].entries);
		expect_text(rows[i].text, found, rows[i].wanted);
	}
}

static void a_record_keeps_the_newest_looks(void **state)
{
	struct forecast_look looks[FORECAST_LOOKS_MAX];
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	for (unsigned int i = 1; i <= 100; i++)
		buffer_printf(&b, "%u %u\n", i, i);
	assert_int_equal(forecast_parse(b.data, 1000, looks), FORECAST_LOOKS_MAX - 1);
	expect_number("oldest", looks[0].entries, 100 - (FORECAST_LOOKS_MAX - 2));
	expect_number("newest", looks[FORECAST_LOOKS_MAX - 2].entries, 100);
}

static void the_end_is_near(void **state)
{
	struct forecast_look looks[LOOKS];

	(void)state;
	look_at(at_a_steady_rate, 590, looks);
	expect_number("soon", forecast_seconds(looks, LOOKS, looks[LOOKS - 1].entries + 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_minutes_are_foretold),
		cmocka_unit_test(ten_minutes_of_recorded_tables_are_foretold),
		cmocka_unit_test(recorded_tables_that_drain_are_not_foretold),
		cmocka_unit_test(what_never_fills_is_not_foretold),
		cmocka_unit_test(noise_is_no_growth),
		cmocka_unit_test(nothing_is_foretold_from_too_little),
		cmocka_unit_test(records_are_read),
		cmocka_unit_test(a_record_keeps_the_newest_looks),
		cmocka_unit_test(the_end_is_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
