/* model/messages: which messages of the kernel report a full table, and when. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "model/table/log-messages.h"

static void a_full_table_is_counted(void **state)
{
	static const struct {
		const char *text;
		uint64_t count, namespaces, expectations;
	} rows[] = {
		{"nf_conntrack: nf_conntrack: table full, dropping packet", 1, 0, 0},
		{"nf_conntrack: table full, dropping packet", 1, 0, 0},
		{"nf_conntrack: table full, dropping packet.", 1, 0, 0},
		{"ip_conntrack: table full, dropping packet.", 1, 0, 0},
		{"nf_conntrack: nf_conntrack: table full in netns 4026532114, dropping packet", 1,
		 1, 0},
		{"nf_conntrack: table full in netns 4026532114, dropping packet", 1, 1, 0},
		{"nf_conntrack: nf_conntrack: expectation table full", 0, 0, 1},
		{"nf_conntrack: expectation table full", 0, 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct full_messages messages = {0};

		full_messages_note(&messages, 5, rows[i].text);
		expect_number(rows[i].text, messages.count, rows[i].count);
		expect_number(rows[i].text, messages.namespaces, rows[i].namespaces);
		expect_number(rows[i].text, messages.expectations, rows[i].expectations);
		expect_number(rows[i].text, messages.first, rows[i].count ? 5 : 0);
		expect_number(rows[i].text, messages.last, rows[i].count ? 5 : 0);
	}
}

static void nothing_else_is_counted(void **state)
{
	static const char *const rows[] = {
		"",
		"nf_conntrack: ",
		"table full, dropping packet",
		"expectation table full",
		"neighbour: arp_cache: neighbor table overflow!",
		"nf_conntrack: nf_conntrack: nf_conntrack: table full, dropping packet",
		"nf_conntrack: table full",
		"nf_conntrack: table full, dropping packets",
		"nf_conntrack: table full, dropping packet..",
		"nf_conntrack: table full, dropping packet on eth0",
		"nf_conntrack: table full in netns , dropping packet",
		"nf_conntrack: table full in netns 12x, dropping packet",
		"nf_conntrack: table full in netns 12",
		"nf_conntrack: expectation table full of it",
		"nf_conntrack: nf_conntrack: falling back to vmalloc.",
		"nf_conntrack version 0.5.0 (65536 buckets, 262144 max)",
		"ip_conntrack: nf_conntrack: table full, dropping packet",
		"nf_conntrack: ip_conntrack: table full, dropping packet",
		"grep[12]: nf_conntrack: table full, dropping packet",
		"\"nf_conntrack: table full, dropping packet\"",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct full_messages messages = {0};

		full_messages_note(&messages, 5, rows[i]);
		expect_number(rows[i], messages.count + messages.expectations, 0);
		expect_number(rows[i], messages.namespaces + messages.first + messages.last, 0);
	}
}

static void first_and_last_go_by_time(void **state)
{
	static const uint64_t times[] = {300, 100, 0, 200};
	struct full_messages messages = {.known = true};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		full_messages_note(&messages, times[i],
				   "nf_conntrack: nf_conntrack: table full, dropping packet");
	/* Messages of other kinds do not set the time. */
	full_messages_note(&messages, 50, "nf_conntrack: nf_conntrack: expectation table full");
	full_messages_note(&messages, 900, "nf_conntrack: something else");
	expect_number("count", messages.count, 4);
	expect_number("first", messages.first, 100);
	expect_number("last", messages.last, 300);
	expect_number("expectations", messages.expectations, 1);
	assert_true(messages.known);
	assert_false(messages.since_boot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_table_is_counted),
		cmocka_unit_test(nothing_else_is_counted),
		cmocka_unit_test(first_and_last_go_by_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
