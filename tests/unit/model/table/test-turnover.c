/*
 * model/table/turnover: tables whose births and deaths the test itself counts; the estimate is
 * within its bound, exact for a small table, and unknown where nothing can be told.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "model/table/turnover.h"

#define SECOND ((uint64_t)1000000)
#define START  (UINT64_C(1795262400) * SECOND)

/* A connection of a client: its addresses, ports and id follow from its number alone. */
static struct entry entry_of(uint32_t number)
{
	struct entry entry = {
		.protocol = number % 3 == 0 ? IPPROTO_UDP : IPPROTO_TCP,
		.source = (uint16_t)(1024 + number % 60000),
		.port = 443,
		.addresses = {.family = AF_INET, .source = {10}, .target = {192, 0, 2, 1}},
		/* The kernel's ids are a hash; here they wrap. */
		.id = number * 2654435761U,
		.has_id = true,
	};
	uint32_t client = number / 60000;

	memcpy(entry.addresses.source + 1, &client, 3);
	return entry;
}

/* Takes a sample of the connections from one number up to another, so many seconds after START. */
static struct sample *look(uint64_t seed, uint32_t from, uint32_t to, uint64_t seconds)
{
	struct sample *sample;

	assert_int_equal(sample_new(seed, &sample), 0);
	for (uint32_t i = from; i < to; i++) {
		struct entry entry = entry_of(i);

		sample_add(sample, &entry);
	}
	sample->when = START + seconds * SECOND;
	sample_finish(sample);
	return sample;
}

/* Compares and frees both looks. */
static struct turnover compare(struct sample *before, struct sample *now)
{
	struct turnover turnover = {.known = true, .seconds = 99};

	turnover_find(before, now, &turnover);
	free(before);
	free(now);
	return turnover;
}

static void a_small_table_is_counted_exactly(void **state)
{
	struct turnover turnover = compare(look(7, 0, 1000, 0), look(7, 250, 1600, 5));

	(void)state;
	assert_true(turnover.known && !turnover.at_least && !turnover.mostly_gone);
	assert_true(turnover.seconds > 4.999 && turnover.seconds < 5.001);
	assert_true(turnover.in.rate > 119.999 && turnover.in.rate < 120.001);
	assert_true(turnover.out.rate > 49.999 && turnover.out.rate < 50.001);
	assert_true(turnover.in.error <= 0 && turnover.out.error <= 0);
}

static bool is_within(const struct turnover_rate *rate, double truth)
{
	return rate->rate - rate->error <= truth && truth <= rate->rate + rate->error;
}

/*
 * 100,000 entries, of which so many went and others came. The bound must hold in 19 of 20 cases,
 * and mean something: no wider than so many percent of the truth.
 */
static void expect_bound(uint32_t went, uint32_t came, unsigned int percent)
{
	const unsigned int trials = 60;
	unsigned int outside = 0;
	double sum = 0;

	for (uint64_t seed = 1; seed <= trials; seed++) {
		struct turnover turnover =
			compare(look(seed, 0, 100000, 0), look(seed, went, 100000 + came, 10));

		assert_true(turnover.known);
		outside += !is_within(&turnover.in, came / 10.0);
		outside += !is_within(&turnover.out, went / 10.0);
		assert_true(turnover.in.error * 100 <= percent * came / 10.0);
		sum += turnover.in.rate / trials;
	}
	assert_in_range(outside, 0, trials * 2 / 20);
	/* The estimates of many looks have no bias: their mean is much nearer than one of them. */
	assert_true(sum > came / 10.0 * 0.97 && sum < came / 10.0 * 1.03);
}

static void a_large_table_is_estimated_within_the_bound(void **state)
{
	(void)state;
	expect_bound(5000, 8000, 14);
	expect_bound(60000, 20000, 9);
	expect_bound(0, 2000, 28);
}

/* The samples have different levels if the table grew much: the higher one counts for both. */
static void a_table_that_grew_is_compared_at_one_level(void **state)
{
	struct sample *small = look(3, 0, 10000, 0), *large = look(3, 4000, 210000, 10);
	struct turnover turnover;

	(void)state;
	assert_int_equal(small->level, 0);
	assert_true(large->level >= 3);
	turnover = compare(small, large);
	assert_true(is_within(&turnover.in, 20000) && is_within(&turnover.out, 400));
	assert_true(turnover.out.error > 0);
}

static void an_empty_look_is_a_look(void **state)
{
	struct turnover turnover = compare(look(3, 0, 0, 0), look(3, 0, 50, 10));

	(void)state;
	assert_true(turnover.known && turnover.in.rate > 4.999 && turnover.in.rate < 5.001);
	turnover = compare(look(3, 0, 50, 0), look(3, 0, 0, 10));
	assert_true(turnover.known && turnover.out.rate > 4.999 && turnover.in.rate <= 0);
}

static void looks_far_apart_are_lower_bounds(void **state)
{
	struct turnover turnover = compare(look(3, 0, 100, 0), look(3, 40, 100, 10));

	(void)state;
	assert_true(turnover.known && !turnover.at_least);
	turnover = compare(look(3, 0, 100, 0), look(3, 50, 150, 11));
	assert_true(turnover.at_least && !turnover.mostly_gone);
	turnover = compare(look(3, 0, 100, 0), look(3, 51, 150, 11));
	assert_true(turnover.at_least && turnover.mostly_gone);
}

static void nothing_is_told_from_too_little(void **state)
{
	struct sample *other, *first, *now;

	(void)state;
	assert_false(compare(NULL, look(3, 0, 10, 10)).known);
	first = look(3, 0, 10, 0);
	first->when = 0;
	assert_false(compare(first, look(3, 0, 10, 10)).known);
	/* Too short, too long, and a clock that was set back. */
	assert_false(compare(look(3, 0, 10, 0), look(3, 0, 10, 0)).known);
	now = look(3, 0, 10, 0);
	now->when += SECOND - 1;
	assert_false(compare(look(3, 0, 10, 0), now).known);
	assert_true(compare(look(3, 0, 10, 0), look(3, 0, 10, 1)).known);
	assert_true(compare(look(3, 0, 10, 0), look(3, 0, 10, 3600)).known);
	assert_false(compare(look(3, 0, 10, 0), look(3, 0, 10, 3601)).known);
	assert_false(compare(look(3, 0, 10, 5), look(3, 0, 10, 0)).known);
	/* Another seed, entries without ids, a sample that could not choose. */
	assert_false(compare(look(4, 0, 10, 0), look(3, 0, 10, 5)).known);
	other = look(3, 0, 10, 0);
	other->has_ids = false;
	assert_false(compare(other, look(3, 0, 10, 5)).known);
	other = look(3, 0, 10, 0);
	other->broken = true;
	assert_false(compare(other, look(3, 0, 10, 5)).known);
}

/* Within one program nobody mistakes the table; a record may be of another namespace's. */
static void a_record_with_nothing_in_common_tells_nothing(void **state)
{
	struct sample *before = look(3, 0, 10, 0);

	(void)state;
	assert_true(compare(look(3, 0, 10, 0), look(3, 50, 60, 5)).known);
	before->recorded = true;
	assert_false(compare(before, look(3, 50, 60, 5)).known);
	before = look(3, 0, 10, 0);
	before->recorded = true;
	assert_true(compare(before, look(3, 9, 60, 5)).known);
}

static void a_look_at_once_keeps_the_earlier_one(void **state)
{
	struct sample *before = look(3, 0, 10, 5), *now = look(3, 0, 10, 5);

	(void)state;
	assert_false(turnover_is_too_soon(NULL, now));
	assert_true(turnover_is_too_soon(before, now));
	now->when += SECOND - 1;
	assert_true(turnover_is_too_soon(before, now));
	now->when += 1;
	assert_false(turnover_is_too_soon(before, now));
	/* The clock was set back: the earlier look is of no use. */
	now->when -= 9 * SECOND;
	assert_false(turnover_is_too_soon(before, now));
	before->when = 0;
	assert_false(turnover_is_too_soon(before, now));
	free(before);
	free(now);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_table_is_counted_exactly),
		cmocka_unit_test(a_large_table_is_estimated_within_the_bound),
		cmocka_unit_test(a_table_that_grew_is_compared_at_one_level),
		cmocka_unit_test(an_empty_look_is_a_look),
		cmocka_unit_test(looks_far_apart_are_lower_bounds),
		cmocka_unit_test(nothing_is_told_from_too_little),
		cmocka_unit_test(a_record_with_nothing_in_common_tells_nothing),
		cmocka_unit_test(a_look_at_once_keeps_the_earlier_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
