/* model/witness/witness-text: the words for who wrote a value, and when. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <time.h>

#include "model/witness/witness-text.h"

static void the_writer_is_named_as_far_as_it_is_known(void **state)
{
	static const struct {
		const char *owner;
		struct witness_event event;
		const char *wanted;
	} rows[] = {
		{"", {.command = "sysctl", .process = 812}, "sysctl (PID 812)"},
		{"", {.command = "sysctl"}, "sysctl"},
		{"", {.command = "sysctl", .uid = UINT32_MAX}, "sysctl"},
		{"", {.command = "sysctl", .uid = 1000}, "sysctl (user 1000)"},
		{"", {.command = "sysctl", .process = 1, .uid = 1000}, "sysctl (PID 1, user 1000)"},
		{"", {.process = 812}, "a process (PID 812)"},
		{"", {.uid = 7}, "a process (user 7)"},
		{"", {.process = 0}, "a process"},
		{"web.service", {.command = "sh", .process = 9}, "web.service (sh, PID 9)"},
		{"web.service", {.command = "sh"}, "web.service (sh)"},
		{"web.service", {.process = 9}, "web.service (PID 9)"},
		{"web.service", {.uid = 33}, "web.service (user 33)"},
		{"web.service", {.uid = UINT32_MAX}, "web.service (of root)"},
		{"a\nb", {.command = "sh"}, "a?b (sh)"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		witness_add_writer(&rows[i].event, rows[i].owner, &b);
		expect_text(rows[i].wanted, b.data, rows[i].wanted);
	}
}

#define SECOND 1000000ULL
#define DAY    (86400 * SECOND)

/* Now is the second day of March 2026, 00:00:10, and the host has run for 400 days. */
static const struct witness_times now = {
	.boot = 400 * DAY * 1000,
	.epoch = 1772409610 * SECOND,
};

static void the_moment_has_a_date_unless_it_is_today(void **state)
{
	static const struct {
		uint64_t ago; /* microseconds */
		const char *wanted;
	} rows[] = {
		{0, "today 00:00:10"},
		{10 * SECOND, "today 00:00:00"},
		{11 * SECOND, "2026-03-01 23:59:59"},
		{DAY, "2026-03-01 00:00:10"},
		{365 * DAY, "2025-03-02 00:00:10"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		witness_add_moment(&now, now.boot - rows[i].ago * 1000, &b);
		expect_text(rows[i].wanted, b.data, rows[i].wanted);
	}
}

static void a_moment_out_of_bounds_is_the_nearest(void **state)
{
	static const struct witness_times young = {.boot = 5000000, .epoch = 2000};

	(void)state;
	expect_number("in the future", witness_when(&now, now.boot + 1), now.epoch);
	expect_number("a microsecond ago", witness_when(&now, now.boot - 1000), now.epoch - 1);
	expect_number("before the epoch", witness_when(&young, 0), 0);
	expect_number("in the year 1970", witness_when(&young, 3001000), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_writer_is_named_as_far_as_it_is_known),
		cmocka_unit_test(the_moment_has_a_date_unless_it_is_today),
		cmocka_unit_test(a_moment_out_of_bounds_is_the_nearest),
	};

	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
