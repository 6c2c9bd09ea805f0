/* base/text: strict numbers, distances between words, character classes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

static void numbers_are_plain_decimal_digits(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		int error;
		uint64_t number;
	} rows[] = {
		{"0", 0, 0, 0},
		{"7", 7, 0, 7},
		{"262144", UINT64_MAX, 0, 262144},
		{"18446744073709551615", UINT64_MAX, 0, UINT64_MAX},
		{"18446744073709551616", UINT64_MAX, -ERANGE, 0},
		{"99999999999999999999999", UINT64_MAX, -ERANGE, 0},
		{"8", 7, -ERANGE, 0},
		{"", 9, -EINVAL, 0},
		{"010", 100, -EINVAL, 0},
		{"00", 100, -EINVAL, 0},
		{"0x10", 100, -EINVAL, 0},
		{"-1", 100, -EINVAL, 0},
		{"+1", 100, -EINVAL, 0},
		{" 1", 100, -EINVAL, 0},
		{"1 ", 100, -EINVAL, 0},
		{"99999999999999999999999x", UINT64_MAX, -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t number = 4711;
		int error = text_parse_number(rows[i].text, strlen(rows[i].text), rows[i].max, &number);

		assert_int_equal(error, rows[i].error);
		assert_int_equal(number, error < 0 ? 4711 : rows[i].number);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_plain_decimal_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
