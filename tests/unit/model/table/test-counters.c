/* model/counters: columns by their names, sums over processors, and what is no such text. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <linux/netlink.h>

#include <linux/netfilter/nfnetlink_conntrack.h>

#include "base/buffer.h"
#include "model/table/counters.h"

/* The layout is that of nfnetlink_conntrack.h from 5.15 on. */
#define CHAIN_TOO_LONG 15

/* The texts are those of the kernels, with two blanks where these have two. */
#define NAMES_TAIL                                                                    \
	" insert insert_failed drop early_drop icmp_error  expect_new expect_create " \
	"expect_delete search_restart\n"
#define NAMES_5_4  "entries  searched found new invalid ignore delete delete_list" NAMES_TAIL
#define NAMES_5_10 "entries  clashres found new invalid ignore delete delete_list" NAMES_TAIL
#define NAMES_6_1  "entries  clashres found new invalid ignore delete chainlength" NAMES_TAIL

/* Every column another number; the second processor's add up to round ones. */
#define LINE_1                                                                               \
	"00000105  00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008 " \
	"00000009 "                                                                          \
	"0000000a 0000000b 0000000c  0000000d 0000000e 0000000f 00000011\n"
#define LINE_2                                                                               \
	"00000105  0000000f 0000000e 0000000d 0000000c 0000000b 0000000a 00000009 00000008 " \
	"00000007 "                                                                          \
	"00000006 00000005 00000004  00000003 00000002 00000001 0000000f\n"

/* "NAME VALUE;" for each that is known, behind "entries N;". */
static void expect_counters(const char *what, const struct counters *counters, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) found = {0};

	if (counters->entries_known)
		buffer_printf(&found, "entries %" PRIu64 ";", counters->entries);
	for (int i = 0; i < COUNTERS; i++) {
		if (counters->known[i])
			buffer_printf(&found, "%s %" PRIu64 ";", counter_to_string((enum counter)i),
				      counters->value[i]);
		else
			assert_true(counters->value[i] == 0);
	}
	expect_text(what, found.data ? found.data : "", wanted);
}

static void expect_text_counters(const char *text, const char *wanted)
{
	struct counters counters = {0};

	if (counters_parse(text, &counters) < 0)
		fail_msg("refused: %s", text);
	expect_counters(text, &counters, wanted);
}

static void columns_are_found_by_name(void **state)
{
	static const char old[] = "entries 261;found 16;invalid 16;insert_failed 16;drop 16;"
				  "early_drop 16;search_restart 32;";

	(void)state;
	expect_text_counters(NAMES_5_4 LINE_1 LINE_2, old);
	expect_text_counters(NAMES_5_10 LINE_1 LINE_2, old);
	expect_text_counters(NAMES_6_1 LINE_1 LINE_2,
			     "entries 261;found 16;invalid 16;chainlength 16;insert_failed 16;"
			     "drop 16;early_drop 16;search_restart 32;");
	expect_text_counters(NAMES_6_1 LINE_1,
			     "entries 261;found 2;invalid 4;chainlength 7;insert_failed 9;drop 10;"
			     "early_drop 11;search_restart 17;");
	/* of a kernel to come, or of one that has fewer; a name counts once */
	expect_text_counters("new drop more\n1 2 3\n4 5 6\n", "drop 7;");
	expect_text_counters("n drop\n1 2\n", "drop 2;");
	expect_text_counters("drop drop entries entries\n1 2 3 4\n", "entries 3;drop 1;");
	/* tabs, numbers without a name, no newline in the end */
	expect_text_counters("entries\tdrop\n1\t2\n1  3 9 9", "entries 1;drop 5;");
}

static void sums_have_64_bits(void **state)
{
	(void)state;
	expect_text_counters("entries drop\nffffffff ffffffff\nffffffff ffffffff\n2 ffffffff\n",
			     "entries 2;drop 12884901885;");
}

static void other_texts_are_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"\n\n\n",
		"entries drop",
		/* names alone, no names, none that is known */
		NAMES_6_1,
		LINE_1 LINE_2,
		"entries found_ xdrop insert\n1 2 3 4\n",
		/* a line with a number too few, one that is no number, one that is too large */
		"entries drop\n1\n",
		"entries drop\n1 2\n1\n",
		"entries drop\n1 2\n\n",
		"entries drop\n1 x\n",
		"entries drop\n1 -2\n",
		"entries drop\n1 0x2\n",
		"entries drop\n1 2g\n",
		"entries drop\n1 000000001\n",
		"entries drop\n1 2\r\n",
	};
	struct buffer CLEANUP(buffer_clear) wide = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct counters counters = {.entries = 77};

		if (counters_parse(texts[i], &counters) != -EBADMSG)
			fail_msg("taken: %s", texts[i]);
		assert_int_equal(counters.entries, 77);
		assert_false(counters_are_known(&counters));
	}
	for (size_t i = 0; i < 1000; i++)
		buffer_add(&wide, "drop ");
	buffer_add(&wide, "\n1\n");
	assert_int_equal(counters_parse(wide.data, &(struct counters){0}), -EBADMSG);
}

/* "TYPE NUMBER" as an attribute at the end. */
static void put(unsigned char *bytes, size_t *size, unsigned int type, uint32_t number)
{
	const struct nlattr head = {.nla_len = 8, .nla_type = (uint16_t)type};
	const unsigned char value[] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
				       (unsigned char)(number >> 8), (unsigned char)number};

	memcpy(bytes + *size, &head, sizeof(head));
	memcpy(bytes + *size + sizeof(head), value, sizeof(value));
	*size += 8;
}

static void messages_are_added(void **state)
{
	unsigned char bytes[256] = {0};
	struct counters counters = {0};
	size_t size = 0;

	(void)state;
	assert_int_equal(counters_add_message(bytes, 0, &counters), 0);
	assert_false(counters_are_known(&counters));
	for (unsigned int type = CTA_STATS_SEARCHED; type < CHAIN_TOO_LONG; type++)
		put(bytes, &size, type, 0xffffffff - type);
	assert_int_equal(counters_add_message(bytes, size, &counters), 0);
	assert_true(counters_are_known(&counters));
	assert_int_equal(counters_add_message(bytes, size, &counters), 0);
	expect_counters("5.10", &counters,
			"found 8589934586;invalid 8589934582;insert_failed 8589934572;"
			"drop 8589934570;early_drop 8589934568;search_restart 8589934564;");
	size = 0;
	put(bytes, &size, CHAIN_TOO_LONG, 3);
	put(bytes, &size, 4711, 3);
	assert_int_equal(counters_add_message(bytes, size, &counters), 0);
	assert_true(counters.known[COUNTER_CHAIN_TOO_LONG]);
	assert_int_equal(counters.value[COUNTER_CHAIN_TOO_LONG], 3);
}

/* A truncated message adds nothing. */
static void cut_messages_are_refused(void **state)
{
	unsigned char bytes[64] = {0};
	struct counters counters = {0};
	size_t whole = 0;

	(void)state;
	put(bytes, &whole, CTA_STATS_DROP, 1);
	put(bytes, &whole, CTA_STATS_FOUND, 1);
	for (size_t size = 1; size < whole; size++) {
		if (size == 8)
			continue;
		assert_int_equal(counters_add_message(bytes, size, &counters), -EBADMSG);
		assert_false(counters_are_known(&counters));
	}
	/* whole, but shorter than a counter is */
	memcpy(bytes, &(struct nlattr){.nla_len = 7, .nla_type = CTA_STATS_DROP}, 4);
	assert_int_equal(counters_add_message(bytes, whole, &counters), -EBADMSG);
	assert_false(counters_are_known(&counters));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_found_by_name), cmocka_unit_test(sums_have_64_bits),
		cmocka_unit_test(other_texts_are_refused),   cmocka_unit_test(messages_are_added),
		cmocka_unit_test(cut_messages_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
