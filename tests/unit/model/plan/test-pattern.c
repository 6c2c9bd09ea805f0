/* model/pattern: which numbers the glob patterns match, by fnmatch(3) itself. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <fnmatch.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "model/plan/pattern.h"

/* As udevd does: the alternatives one after the other. */
static bool text_matches(const char *patterns, const char *text)
{
	char one[64];

	while (*patterns) {
		size_t length = strcspn(patterns, "|");

		assert_true(length > 0 && length < sizeof(one));
		memcpy(one, patterns, length);
		one[length] = '\0';
		if (fnmatch(one, text, 0) == 0)
			return true;
		patterns += length + (patterns[length] == '|');
	}
	return false;
}

static bool matches(const char *patterns, uint64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, number);
	return text_matches(patterns, text);
}

static void expect_boundary(uint64_t bound, const char *patterns, uint64_t number)
{
	if (matches(patterns, number) != (number < bound))
		fail_msg("smaller than %" PRIu64 ": \"%s\" is wrong of %" PRIu64, bound, patterns,
			 number);
}

static void patterns_to_the_byte(void **state)
{
	static const struct {
		uint64_t number;
		const char *patterns;
	} rows[] = {
		{0, ""},
		{1, "0"},
		{2, "[0-1]"},
		{9, "[0-8]"},
		{10, "[0-9]"},
		{11, "[0-9]|10"},
		{20, "[0-9]|1?"},
		{100, "[0-9]|[1-9]?"},
		{65536,
		 "[0-9]|[1-9]?|[1-9]??|[1-9]???|[1-5]????|6[0-4]???|65[0-4]??|655[0-2]?|6553[0-5]"},
		{262144,
		 "[0-9]|[1-9]?|[1-9]??|[1-9]???|[1-9]????|1?????|2[0-5]????|26[0-1]???|2620??|"
		 "2621[0-3]?|26214[0-3]"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		pattern_add_smaller(&b, rows[i].number);
		expect_text("patterns", b.data ? b.data : "", rows[i].patterns);
	}
}

/* Each number below a bound and no other, all of them up to five digits. */
static void small_bounds_against_every_number(void **state)
{
	(void)state;
	for (uint64_t bound = 0; bound <= 1300; bound += bound < 120 ? 1 : 59) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		pattern_add_smaller(&b, bound);
		for (uint64_t number = 0; number < 10500; number++)
			expect_boundary(bound, b.data ? b.data : "", number);
	}
}

/* Around the bound, around each power of ten, and spread over all that a max may be. */
static void large_bounds_against_many_numbers(void **state)
{
	static const uint64_t bounds[] = {
		65535,	 65536,	   99999,      100000,	   100001,	1000000,     1048576,
		4194304, 19999999, 200000000U, 999999999U, 1000000000U, 1073741824U, 2147483647U,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		pattern_add_smaller(&b, bounds[i]);
		for (uint64_t near = bounds[i] - 1200; near < bounds[i] + 1200; near++)
			expect_boundary(bounds[i], b.data, near);
		for (uint64_t power = 1; power <= 10000000000U; power *= 10)
			for (uint64_t digit = 1; digit <= 9; digit++) {
				expect_boundary(bounds[i], b.data, digit * power - 1);
				expect_boundary(bounds[i], b.data, digit * power);
				expect_boundary(bounds[i], b.data, digit * power + 1);
			}
		for (uint64_t number = 3; number < 4294967296U; number += 1000003)
			expect_boundary(bounds[i], b.data, number);
	}
}

/* What a kernel up to 5.15 makes of "no limit". */
static void negative_numbers_match_nothing(void **state)
{
	static const char *const texts[] = {"-1", "-12", "-1234", "-123456", "-2147483648"};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	pattern_add_smaller(&b, 2147483647);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (text_matches(b.data, texts[i]))
			fail_msg("\"%s\" matches %s", b.data, texts[i]);
}

static void patterns_stay_short_and_stand_behind_others(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct buffer CLEANUP(buffer_clear) after = {0};

	(void)state;
	pattern_add_smaller(&b, 2147483647);
	assert_true(b.length < 300);
	buffer_add(&after, "800|");
	pattern_add_smaller(&after, 11);
	expect_text("after", after.data, "800|[0-9]|10");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_to_the_byte),
		cmocka_unit_test(small_bounds_against_every_number),
		cmocka_unit_test(large_bounds_against_many_numbers),
		cmocka_unit_test(negative_numbers_match_nothing),
		cmocka_unit_test(patterns_stay_short_and_stand_behind_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
