/* model/pattern: which numbers the glob patterns match, by fnmatch(3) itself. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <fnmatch.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "model/plan/pattern.h"

/* Compares as udevd does: one alternative after the other. */
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
	if (matches(patterns, number) != (number >= bound))
		fail_msg("at least %" PRIu64 ": \"%s\" is wrong of %" PRIu64, bound, patterns,
			 number);
}

static void patterns_to_the_byte(void **state)
{
	static const struct {
		uint64_t number;
		const char *patterns;
	} rows[] = {
		{1, "[1-9]*"},
		{2, "??*|[2-9]"},
		{8, "??*|[89]"},
		{9, "??*|9"},
		{10, "??*"},
		{11, "???*|[2-9]?|1[1-9]"},
		{20, "???*|[2-9]?"},
		{90, "???*|9?"},
		{99, "???*|99"},
		{100, "???*"},
		{3201, "?????*|[4-9]???|3[3-9]??|32[1-9]?|320[1-9]"},
		{4001, "?????*|[5-9]???|4[1-9]??|40[1-9]?|400[1-9]"},
		{10000, "?????*"},
		{65536, "??????*|[7-9]????|6[6-9]???|65[6-9]??|655[4-9]?|6553[6-9]"},
		{1990000, "????????*|[2-9]??????|199????"},
		{2147483648U,
		 "???????????*|[3-9]?????????|2[2-9]????????|21[5-9]???????|214[89]??????|"
		 "2147[5-9]?????|214749????|214748[4-9]???|2147483[7-9]??|21474836[5-9]?|"
		 "214748364[89]"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		pattern_add_at_least(&b, rows[i].number);
		expect_text("patterns", b.data, rows[i].patterns);
	}
}

/* Each bound up to 2,000 against each number around all of them. */
static void small_bounds_against_every_number(void **state)
{
	(void)state;
	for (uint64_t bound = 1; bound <= 2000; bound++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		pattern_add_at_least(&b, bound);
		for (uint64_t number = 0; number < 2020; number++)
			expect_boundary(bound, b.data, number);
		for (uint64_t number = 9; number < 4294967296U; number = number * 2 + number % 7)
			expect_boundary(bound, b.data, number);
	}
}

/* Around the bound, around each power of ten, and spread over all that a max may be. */
static void large_bounds_against_many_numbers(void **state)
{
	static const uint64_t bounds[] = {
		8001,	     10000,	  65535,       65536,	    99999,
		100000,	     100001,	  1000000,     1048576,	    4194304,
		19999999,    200000000U,  200000001U,  999999999U,  1000000000U,
		1073741824U, 1717986919U, 2147483647U, 2147483648U, 4294967295U,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		pattern_add_at_least(&b, bounds[i]);
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

/*
 * udevd cuts what it matches at 1024 bytes up to systemd 242; the worst bounds have no digit 0 or
 * 9.
 */
static void patterns_stay_short_and_stand_behind_others(void **state)
{
	static const uint64_t bounds[] = {1111111111, 2147483647, 2147483648U, 4294967295U};
	struct buffer CLEANUP(buffer_clear) after = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		pattern_add_at_least(&b, bounds[i]);
		assert_true(b.length <= 200);
	}
	buffer_add(&after, "[!0-9]*|");
	pattern_add_at_least(&after, 11);
	expect_text("after", after.data, "[!0-9]*|???*|[2-9]?|1[1-9]");
	assert_true(text_matches(after.data, "-1"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_to_the_byte),
		cmocka_unit_test(small_bounds_against_every_number),
		cmocka_unit_test(large_bounds_against_many_numbers),
		cmocka_unit_test(patterns_stay_short_and_stand_behind_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
