/* model/render/history: what --watch keeps of its looks. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/render/render-table.h"

#define SECOND 1000000ULL

static void look(struct history *history, uint64_t now, uint64_t entries)
{
	const struct table table = {.now = now, .entries = {true, entries}};
	const struct judgement judgement = {.share = {true, entries}};

	history_add(history, &table, &judgement);
}

static void the_last_sixty_looks_are_kept(void **state)
{
	struct history history = {0};

	(void)state;
	for (uint64_t i = 1; i <= 62; i++)
		look(&history, i * SECOND, 100 + i);
	expect_number("shares", history.count, 60);
	expect_number("looks", history.look_count, 60);
	expect_number("first share", history.shares[0].value, 103);
	expect_number("last share", history.shares[59].value, 162);
	expect_number("first look", history.looks[0].entries, 103);
	expect_number("last look", history.looks[59].entries, 162);
	expect_number("its time", history.looks[59].when, 62 * SECOND);
}

static void a_clock_that_is_set_back_begins_anew(void **state)
{
	struct history history = {0};

	(void)state;
	look(&history, 10 * SECOND, 5);
	look(&history, 12 * SECOND, 9);
	assert_true(history.rates_known);
	expect_number("change", (uint64_t)history.entries_change, 4);
	expect_number("looks", history.look_count, 2);
	look(&history, 12 * SECOND, 10);
	assert_false(history.rates_known);
	expect_number("looks", history.look_count, 1);
	look(&history, 3 * SECOND, 11);
	expect_number("looks", history.look_count, 1);
	expect_number("look", history.looks[0].entries, 11);
	/* The curve has all of them. */
	expect_number("shares", history.count, 4);
}

static void unknown_entries_are_no_look(void **state)
{
	const struct table table = {.now = SECOND};
	const struct judgement judgement = {0};
	struct history history = {0};

	(void)state;
	history_add(&history, &table, &judgement);
	expect_number("looks", history.look_count, 0);
	expect_number("shares", history.count, 1);
	look(&history, 2 * SECOND, 5);
	assert_false(history.rates_known);
	history_add(&history, &table, &judgement);
	assert_false(history.rates_known);
}

static void a_counter_that_restarts_has_not_grown(void **state)
{
	struct table table = {.now = SECOND, .entries = {true, 1}};
	const struct judgement judgement = {0};
	struct history history = {0};

	(void)state;
	table.counters.known[COUNTER_DROP] = true;
	table.counters.value[COUNTER_DROP] = 7;
	history_add(&history, &table, &judgement);
	table.now += 2 * SECOND;
	table.counters.value[COUNTER_DROP] = 9;
	table.counters.known[COUNTER_EARLY_DROP] = true;
	table.counters.value[COUNTER_EARLY_DROP] = 3;
	history_add(&history, &table, &judgement);
	expect_number("seconds", (uint64_t)history.seconds, 2);
	expect_number("grown", history.counted[COUNTER_DROP], 2);
	expect_number("new", history.counted[COUNTER_EARLY_DROP], 0);
	table.now += 2 * SECOND;
	table.counters.value[COUNTER_DROP] = 8;
	table.counters.value[COUNTER_EARLY_DROP] = 3;
	history_add(&history, &table, &judgement);
	expect_number("restarted", history.counted[COUNTER_DROP], 0);
	expect_number("still", history.counted[COUNTER_EARLY_DROP], 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_sixty_looks_are_kept),
		cmocka_unit_test(a_clock_that_is_set_back_begins_anew),
		cmocka_unit_test(unknown_entries_are_no_look),
		cmocka_unit_test(a_counter_that_restarts_has_not_grown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
