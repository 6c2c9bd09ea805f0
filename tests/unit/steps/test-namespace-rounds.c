/*
 * steps/namespace-rounds: which namespaces are new, and how long the listing is repeated. The test
 * has a clock of its own, which only the pauses move.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "steps/namespace-rounds.h"

/* Milliseconds, and those of the pauses. */
static uint64_t clock_ms;
static unsigned int last_pause_ms;

uint64_t kernel_now(const struct kernel *kernel)
{
	(void)kernel;
	return clock_ms * 1000;
}

void kernel_pause(const struct kernel *kernel, unsigned int milliseconds)
{
	(void)kernel;
	clock_ms += milliseconds;
	last_pause_ms = milliseconds;
}

static void begin(const struct context *context, struct namespace_rounds *rounds)
{
	clock_ms = 1000;
	last_pause_ms = 0;
	namespace_rounds_begin(context, rounds);
}

static void a_command_ends_with_the_first_listing_without_news(void **state)
{
	struct context context = {0};
	struct namespace_rounds rounds;

	(void)state;
	begin(&context, &rounds);
	assert_true(namespace_rounds_wait(&context, true, &rounds));
	expect_number("pause", last_pause_ms, 20);
	assert_false(namespace_rounds_wait(&context, false, &rounds));
	expect_number("no further pause", clock_ms, 1020);
}

static void the_service_goes_on_until_it_was_quiet_for_five_seconds(void **state)
{
	/* 20 + 40 + ... + 320 = 620, and nine pauses of 500 after that. */
	static const unsigned int pauses[] = {20, 40, 80, 160, 320, 500, 500};
	struct context context = {.lingers = true};
	struct namespace_rounds rounds;
	unsigned int listings = 0;

	(void)state;
	begin(&context, &rounds);
	while (namespace_rounds_wait(&context, false, &rounds)) {
		if (listings < ARRAY_SIZE(pauses))
			expect_number("pause", last_pause_ms, pauses[listings]);
		assert_true(++listings < 100);
	}
	expect_number("listings", listings, 14);
	expect_number("quiet", clock_ms, 1000 + 620 + 9 * 500);
}

static void news_begins_the_quiet_time_anew(void **state)
{
	struct context context = {.lingers = true};
	struct namespace_rounds rounds;

	(void)state;
	begin(&context, &rounds);
	for (int i = 0; i < 10; i++)
		assert_true(namespace_rounds_wait(&context, false, &rounds));
	assert_true(namespace_rounds_wait(&context, true, &rounds));
	expect_number("short again", last_pause_ms, 20);
	for (int i = 0; i < 13; i++)
		assert_true(namespace_rounds_wait(&context, false, &rounds));
	assert_false(namespace_rounds_wait(&context, false, &rounds));
}

/* Returns when the listing ends if each has something new, in milliseconds. */
static uint64_t end_of_news(bool lingers)
{
	struct context context = {.lingers = lingers};
	struct namespace_rounds rounds;

	begin(&context, &rounds);
	while (namespace_rounds_wait(&context, true, &rounds))
		assert_true(clock_ms < 100000);
	return clock_ms - 1000;
}

static void news_without_end_ends(void **state)
{
	(void)state;
	/* Five seconds and one pause; 1,500 pauses are thirty seconds. */
	expect_number("command", end_of_news(false), 5020);
	expect_number("service", end_of_news(true), 30000);
}

static void a_clock_that_is_set_back_ends_it(void **state)
{
	struct context context = {.lingers = true};
	struct namespace_rounds rounds;

	(void)state;
	begin(&context, &rounds);
	clock_ms--;
	assert_false(namespace_rounds_wait(&context, true, &rounds));
	clock_ms++;
	assert_true(namespace_rounds_wait(&context, true, &rounds));
}

static void each_part_of_the_identity_counts(void **state)
{
	char name[] = "/run/netns/a", other[] = "/run/netns/b";
	struct network_namespace first = {
		.path = name, .device = 1, .inode = 2, .id = 3, .made = 4};
	struct network_namespace changed[] = {first, first, first, first, first};
	struct network_namespace items[] = {
		{.path = other, .device = 7, .inode = 8}, first, {.path = other}};
	struct network_namespaces listed = {.items = items, .count = ARRAY_SIZE(items)};
	struct context context = {0};
	struct namespace_rounds rounds;

	(void)state;
	begin(&context, &rounds);
	assert_true(namespace_rounds_is_new(&rounds, &first));
	assert_int_equal(namespace_rounds_keep(&rounds, &listed), 0);
	assert_false(namespace_rounds_is_new(&rounds, &first));
	assert_false(namespace_rounds_is_new(&rounds, &items[0]));
	assert_false(namespace_rounds_is_new(&rounds, &items[2]));
	changed[0].path = other;
	changed[1].device++;
	changed[2].inode++;
	changed[3].id++;
	changed[4].made++;
	for (size_t i = 0; i < ARRAY_SIZE(changed); i++)
		assert_true(namespace_rounds_is_new(&rounds, &changed[i]));
	/* Only the last listing counts. */
	listed.count = 1;
	assert_int_equal(namespace_rounds_keep(&rounds, &listed), 0);
	assert_true(namespace_rounds_is_new(&rounds, &first));
	namespace_rounds_done(&rounds);
	assert_true(namespace_rounds_is_new(&rounds, &items[0]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_ends_with_the_first_listing_without_news),
		cmocka_unit_test(the_service_goes_on_until_it_was_quiet_for_five_seconds),
		cmocka_unit_test(news_begins_the_quiet_time_anew),
		cmocka_unit_test(news_without_end_ends),
		cmocka_unit_test(a_clock_that_is_set_back_ends_it),
		cmocka_unit_test(each_part_of_the_identity_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
