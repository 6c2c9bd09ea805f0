/*
 * model/table/heavy: counts and bounds against exact counts, on skewed, flat and hostile streams.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <string.h>
#include <sys/socket.h>

#include "model/table/heavy.h"

#define KEYS   65536U
#define STREAM 400000U

/* The exact counts of a stream whose keys are numbers. */
struct exact {
	uint32_t counts[KEYS];
};

static struct heavy_key key_of(uint32_t number)
{
	struct heavy_key key = {.family = AF_INET};

	memcpy(key.address, &number, sizeof(number));
	return key;
}

static uint32_t number_of(const struct heavy_key *key)
{
	uint32_t number;

	memcpy(&number, key->address, sizeof(number));
	return number;
}

/* A generator of its own (xorshift), so that each run has the same streams. */
static uint32_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 16);
}

/* Flat: each of so many keys is equally likely. */
static uint32_t draw_flat(uint64_t *state, uint32_t keys)
{
	return next_random(state) % keys;
}

/* Skewed: half of the stream is key 0, a quarter is key 1, and so on; the rest is flat. */
static uint32_t draw_skewed(uint64_t *state, uint32_t keys)
{
	uint32_t bits = next_random(state), key = 0;

	while (key < 12 && (bits >> key & 1) == 0)
		key++;
	return key < 12 ? key : 12 + draw_flat(state, keys - 12);
}

/* Each remembered key: count <= exact <= count + error; each other key: exact <= forgotten. */
static void expect_bounds(const struct heavy *heavy, const struct exact *exact)
{
	static bool remembered[KEYS];

	memset(remembered, 0, sizeof(remembered));
	for (size_t i = 0; i < HEAVY_SLOTS; i++) {
		const struct heavy_item *item = &heavy->slots[i];
		uint32_t number = number_of(&item->key);

		if (item->count == 0)
			continue;
		remembered[number] = true;
		assert_true(item->count <= exact->counts[number]);
		assert_true(exact->counts[number] <= item->count + item->error);
	}
	for (uint32_t i = 0; i < KEYS; i++)
		if (!remembered[i])
			assert_true(exact->counts[i] <= heavy->forgotten);
	assert_true((uint64_t)heavy->forgotten * HEAVY_MOST <= 2 * heavy->total);
}

/* Every key with more than the bound is in the answer, and nothing that is certain is wrong. */
static void expect_top(const struct heavy *heavy, const struct exact *exact)
{
	struct heavy_item top[32];
	size_t count = heavy_top(heavy, top, ARRAY_SIZE(top));
	uint64_t bound = 2 * heavy->total / HEAVY_MOST;

	for (size_t i = 0; i + 1 < count; i++)
		assert_true(top[i].count >= top[i + 1].count);
	for (uint32_t number = 0; number < KEYS; number++) {
		bool found = false;

		for (size_t i = 0; i < count; i++)
			found |= number_of(&top[i].key) == number;
		if (count == ARRAY_SIZE(top) &&
		    exact->counts[number] <= top[count - 1].count + bound)
			continue;
		assert_true(found || exact->counts[number] <= bound);
	}
}

static void counts_are_within_the_bound(void **state)
{
	static struct exact exact;
	static const struct {
		uint32_t (*draw)(uint64_t *state, uint32_t keys);
		uint32_t keys;
	} streams[] = {
		{draw_flat, 3},	    {draw_flat, HEAVY_MOST}, {draw_flat, HEAVY_MOST + 1},
		{draw_flat, 5000},  {draw_flat, KEYS},	     {draw_skewed, 13},
		{draw_skewed, 900}, {draw_skewed, KEYS},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++)
		for (uint64_t seed = 1; seed <= 3; seed++) {
			struct heavy *CLEANUP(free_pointer) heavy = NULL;
			uint64_t random = seed * 88172645463325252U;

			assert_int_equal(heavy_new(seed, &heavy), 0);
			exact = (struct exact){0};
			for (size_t k = 0; k < STREAM; k++) {
				uint32_t number = streams[i].draw(&random, streams[i].keys);
				const struct heavy_key key = key_of(number);

				exact.counts[number]++;
				heavy_add(heavy, &key, false);
			}
			assert_int_equal(heavy->total, STREAM);
			expect_bounds(heavy, &exact);
			expect_top(heavy, &exact);
		}
}

/* The worst order: a heavy key comes last, after as many keys as there are, each of them once. */
static void a_late_heavy_key_is_found(void **state)
{
	struct heavy *CLEANUP(free_pointer) heavy = NULL;
	const struct heavy_key late = key_of(KEYS - 1);
	struct heavy_item top[3];

	(void)state;
	assert_int_equal(heavy_new(1, &heavy), 0);
	for (uint32_t i = 0; i < KEYS - 1; i++) {
		const struct heavy_key key = key_of(i);

		heavy_add(heavy, &key, false);
	}
	for (uint32_t i = 0; i < 1000; i++)
		heavy_add(heavy, &late, false);
	assert_int_equal(heavy_top(heavy, top, ARRAY_SIZE(top)), 3);
	assert_int_equal(number_of(&top[0].key), KEYS - 1);
	assert_int_equal(top[0].count, 1000);
	assert_true(top[0].error <= 2 * KEYS / HEAVY_MOST);
	assert_int_equal(top[1].count, 1);
}

static void few_keys_are_exact(void **state)
{
	struct heavy *CLEANUP(free_pointer) heavy = NULL;
	struct heavy_item top[4];

	(void)state;
	assert_int_equal(heavy_new(7, &heavy), 0);
	assert_int_equal(heavy_top(heavy, top, 4), 0);
	for (uint32_t i = 0; i < 600; i++) {
		const struct heavy_key key = key_of(i % 3);

		heavy_add(heavy, &key, i % 3 == 1 && i < 300);
	}
	/* Equal counts are ordered by their key. */
	assert_int_equal(heavy_top(heavy, top, 4), 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(number_of(&top[i].key), i);
		assert_int_equal(top[i].count, 200);
		assert_int_equal(top[i].error, 0);
		assert_int_equal(top[i].marked, i == 1 ? 100 : 0);
	}
	assert_int_equal(heavy_top_marked(heavy, top, 4), 1);
	assert_int_equal(number_of(&top[0].key), 1);
	assert_int_equal(heavy_top(heavy, top, 2), 2);
}

/* Keys that differ in one part alone are different keys. */
static void each_part_of_a_key_counts(void **state)
{
	struct heavy *CLEANUP(free_pointer) heavy = NULL;
	const struct heavy_key keys[] = {
		{.address = {1}, .family = AF_INET},
		{.address = {1}, .family = AF_INET6},
		{.address = {1}, .family = AF_INET, .port = 1},
		{.address = {1}, .family = AF_INET, .protocol = 6},
		{.address = {[15] = 1}, .family = AF_INET6},
	};
	struct heavy_item top[ARRAY_SIZE(keys) + 1];

	(void)state;
	assert_int_equal(heavy_new(0, &heavy), 0);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		heavy_add(heavy, &keys[i], false);
	assert_int_equal(heavy_top(heavy, top, ARRAY_SIZE(top)), ARRAY_SIZE(keys));
}

static void marks_are_given_once(void **state)
{
	struct heavy *CLEANUP(free_pointer) heavy = NULL;
	const struct heavy_key key = key_of(7), other = key_of(8);

	(void)state;
	assert_int_equal(heavy_new(1, &heavy), 0);
	for (int i = 0; i < 3; i++)
		heavy_add(heavy, &key, i == 0);
	expect_number("without a mark", heavy_mark(heavy, &key), 2);
	expect_number("again", heavy_mark(heavy, &key), 0);
	heavy_add(heavy, &key, false);
	expect_number("one more", heavy_mark(heavy, &key), 1);
	expect_number("a key that was not counted", heavy_mark(heavy, &other), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_within_the_bound),
		cmocka_unit_test(a_late_heavy_key_is_found),
		cmocka_unit_test(few_keys_are_exact),
		cmocka_unit_test(each_part_of_a_key_counts),
		cmocka_unit_test(marks_are_given_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
