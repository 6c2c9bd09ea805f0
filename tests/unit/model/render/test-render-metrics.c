/*
 * model/render-metrics: the text for Prometheus, whole, of little, and of what could make it
 * malformed.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <stdlib.h>

#include "model/render/render-table.h"

#define KNOWN(number)                            \
	{                                        \
		.known = true, .value = (number) \
	}

/* A file below tests/unit/data; freed by the caller. */
static char *read_data(const char *name)
{
	const char *srcdir = getenv("srcdir");
	char path[512], *text = calloc(1, 1 << 16);
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tests/unit/data/%s", srcdir ? srcdir : ".", name);
	file = fopen(path, "r");
	if (!file || !text)
		fail_msg("cannot read %s", path);
	else if (fread(text, 1, (1 << 16) - 1, file) == 0)
		fail_msg("%s is empty", path);
	if (file)
		(void)fclose(file);
	return text;
}

static struct table full_table(struct entry_counts *contents, struct namespace_table *namespaces,
			       size_t count)
{
	return (struct table){
		.module = MODULE_LIVE,
		.facts = {.ram = 16ULL << 30, .release = {6, 12}, .page_size = 4096},
		.entries = KNOWN(4000),
		.max = KNOWN(262144),
		.buckets = KNOWN(262144),
		.expect_max = KNOWN(4096),
		.expect_buckets = KNOWN(1024),
		.counters = {.known = {[COUNTER_CHAIN_TOO_LONG] = true,
				       [COUNTER_DROP] = true,
				       [COUNTER_INSERT_FAILED] = true},
			     .value = {[COUNTER_CHAIN_TOO_LONG] = 12,
				       [COUNTER_DROP] = 345,
				       [COUNTER_EARLY_DROP] = 6}},
		.messages = {.known = true,
			     .since_boot = true,
			     .count = 7,
			     .namespaces = 2,
			     .expectations = 1,
			     .first = 1700000000000000,
			     .last = 1700000123000456},
		.contents = contents,
		.namespaces = namespaces,
		.namespace_count = count,
		.namespaces_known = true,
		.values = {.known = true,
			   .differs = 3,
			   .files_differ = true,
			   .all_namespaces = true},
	};
}

static const struct judgement judged = {
	.verdict = VERDICT_WAS_FULL,
	.chains = {50, 79},
	.chain_entries = KNOWN(6553600),
	.entry_bytes = 256,
	.memory_now = KNOWN(3121152),
	.memory_full = KNOWN(69206016),
	.memory_full_share = KNOWN(4),
	.unsure = true,
	.unlike = 1,
};

static void put_owner(struct holders *holders, uint64_t entries, const char *name)
{
	uint16_t owner;

	assert_int_equal(owners_find(&holders->owners, OWNER_CONTAINER, name, &owner), 0);
	holders->owners.items[owner].entries = entries;
}

static void all_of_it_to_the_byte(void **state)
{
	char web[] = "namespace web", database[] = "namespace of postgres (4711)", gone[] = "x";
	struct namespace_table namespaces[] = {
		{.where = web, .entries = KNOWN(12)},
		{.where = gone, .error = -EACCES, .entries = KNOWN(1)},
		{.where = gone},
		{.where = database, .entries = KNOWN(0), .max = KNOWN(1000)},
	};
	struct value items[] = {
		{.key = "nf_conntrack.hashsize",
		 .wanted = 262000,
		 .rounded = 262144,
		 .live = "262144",
		 .state = VALUE_OK},
		{.key = "net.netfilter.nf_conntrack_max",
		 .wanted = 262144,
		 .rounded = 262144,
		 .live = "65536",
		 .state = VALUE_DIFFERS},
		{.key = "net.netfilter.nf_conntrack_udp_timeout",
		 .wanted = 30,
		 .rounded = 30,
		 .live = "-1",
		 .state = VALUE_DIFFERS},
		{.key = "net.netfilter.nf_conntrack_helper",
		 .wanted = 0,
		 .rounded = 0,
		 .error = -ENOENT,
		 .state = VALUE_ABSENT},
		{.key = "net.netfilter.nf_conntrack_acct",
		 .wanted = 1,
		 .rounded = 1,
		 .live = "a b",
		 .state = VALUE_DIFFERS},
	};
	const struct values values = {.items = items, .count = ARRAY_SIZE(items)};
	struct entry_counts *CLEANUP(free_pointer) contents = calloc(1, sizeof(*contents));
	struct holders *CLEANUP(holders_freep) holders = NULL;
	char *CLEANUP(free_pointer) wanted = read_data("metrics.prom");
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct foreign_writes foreign = {.lost = 9};
	struct table table;

	(void)state;
	assert_non_null(contents);
	contents->by_protocol[6] = 3000;
	contents->by_protocol[17] = 990;
	contents->by_protocol[50] = 10; /* has no name */
	contents->by_state[TCP_STATE_ESTABLISHED] = 2500;
	contents->by_state[TCP_STATE_TIME_WAIT] = 500;
	table = full_table(contents, namespaces, ARRAY_SIZE(namespaces));
	assert_int_equal(holders_new(1, &holders), 0);
	holders->foreign = 300;
	for (size_t i = 0; i < 11; i++)
		put_owner(holders, i, (char[]){(char)('a' + i), '\0'});
	put_owner(holders, 20, "a \"name\"\n");
	table.holders = holders;
	foreign_writes_find(&foreign, "net.netfilter.nf_conntrack_max")->count = 3;
	assert_non_null(foreign_writes_find(&foreign, "net.netfilter.nf_conntrack_udp_timeout"));
	table.foreign = &foreign;
	table.turnover = (struct turnover){.known = true,
					   .seconds = 60,
					   .in = {.rate = 1234.5678, .error = 12},
					   .out = {.rate = 0.0004, .error = 12}};
	render_metrics(&table, &judged, &values, &b);
	expect_text("metrics.prom", b.data, wanted);
}

/* The module is not loaded, there is no configuration, and nothing could be read. */
static void what_is_not_known_is_left_out(void **state)
{
	const struct table table = {.module = MODULE_ABSENT};
	const struct judgement judgement = {
		.verdict = VERDICT_NOT_LOADED, .chains = {50, 79}, .entry_bytes = 256};
	const struct values values = {0};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_metrics(&table, &judgement, &values, &b);
	expect_text("of nothing", b.data,
		    "# HELP conntrack_persist_module_loaded Whether nf_conntrack is loaded or "
		    "built in.\n"
		    "# TYPE conntrack_persist_module_loaded gauge\n"
		    "conntrack_persist_module_loaded 0\n"
		    "# HELP conntrack_persist_verdict What follows from the figures: 1 for one of "
		    "these.\n"
		    "# TYPE conntrack_persist_verdict gauge\n"
		    "conntrack_persist_verdict{verdict=\"not-loaded\"} 1\n"
		    "conntrack_persist_verdict{verdict=\"unknown\"} 0\n"
		    "conntrack_persist_verdict{verdict=\"full\"} 0\n"
		    "conntrack_persist_verdict{verdict=\"chains\"} 0\n"
		    "conntrack_persist_verdict{verdict=\"nearly-full\"} 0\n"
		    "conntrack_persist_verdict{verdict=\"nearly-chains\"} 0\n"
		    "conntrack_persist_verdict{verdict=\"was-full\"} 0\n"
		    "conntrack_persist_verdict{verdict=\"differs\"} 0\n"
		    "conntrack_persist_verdict{verdict=\"unused\"} 0\n"
		    "conntrack_persist_verdict{verdict=\"unsure\"} 0\n"
		    "conntrack_persist_verdict{verdict=\"fine\"} 0\n");
}

/* The configured value is known, but the kernel has no value yet. */
static void pending_values_have_no_live_one(void **state)
{
	struct value items[] = {
		{.key = "net.netfilter.nf_conntrack_max",
		 .wanted = 1000,
		 .rounded = 1000,
		 .error = -ENOENT,
		 .state = VALUE_PENDING},
	};
	const struct values values = {.items = items, .count = ARRAY_SIZE(items)};
	const struct table table = {.module = MODULE_ABSENT, .values = {.known = true}};
	const struct judgement judgement = {.verdict = VERDICT_NOT_LOADED};
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_metrics(&table, &judgement, &values, &b);
	expect_part(
		"configured", b.data,
		"\nconntrack_persist_configured{key=\"net.netfilter.nf_conntrack_max\"} 1000\n");
	expect_part("pending", b.data, "\nconntrack_persist_values{state=\"pending\"} 1\n");
	expect_part("differs", b.data, "\nconntrack_persist_values{state=\"differs\"} 0\n");
	expect_part("files", b.data, "\nconntrack_persist_files_differ 0\n");
	assert_null(strstr(b.data, "conntrack_persist_live"));
}

/* The release decides, or the counters of the kernel if the release is strange. */
static void chain_limits_are_those_of_this_kernel(void **state)
{
	struct judgement judgement = {.chains = {8, 79}};
	const struct values values = {0};
	struct table table = {.facts = {.release = {5, 15}}};

	(void)state;
	for (int known = 0; known < 4; known++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		table.facts.release[0] = known & 1 ? 5 : 0;
		table.counters.known[COUNTER_CHAIN_TOO_LONG] = known & 2;
		judgement.entry_bytes_measured = known == 0;
		judgement.entry_bytes = known == 2 ? 0 : 320;
		render_metrics(&table, &judgement, &values, &b);
		expect_number("low", !!strstr(b.data, "\nconntrack_persist_chain_limit_low 8\n"),
			      known > 0);
		expect_number("high", !!strstr(b.data, "\nconntrack_persist_chain_limit_high 79\n"),
			      known > 0);
		expect_number("bytes", !!strstr(b.data, "\nconntrack_persist_entry_bytes 320\n"),
			      known != 2);
	}
	judgement.chains = (struct chain_limit){0};
	{
		struct buffer CLEANUP(buffer_clear) b = {0};

		render_metrics(&table, &judgement, &values, &b);
		assert_null(strstr(b.data, "chain_limit"));
		expect_part("failures", b.data, "\nconntrack_persist_chain_failures_total 0\n");
	}
}

/* A count of what is left is none since boot, and would go down; the last time is still right. */
static void lost_messages_are_not_counted(void **state)
{
	const struct judgement judgement = {0};
	const struct values values = {0};
	struct table table = {.messages = {.known = true, .count = 3, .last = 5000001}};
	struct buffer CLEANUP(buffer_clear) some = {0}, none = {0}, unknown = {0};

	(void)state;
	render_metrics(&table, &judgement, &values, &some);
	assert_null(strstr(some.data, "messages_total"));
	expect_part("last", some.data,
		    "\nconntrack_persist_last_full_message_timestamp_seconds 5.000001\n");
	table.messages = (struct full_messages){.known = true, .since_boot = true};
	render_metrics(&table, &judgement, &values, &none);
	expect_part("none", none.data, "\nconntrack_persist_full_messages_total 0\n");
	assert_null(strstr(none.data, "timestamp"));
	table.messages = (struct full_messages){.since_boot = true, .last = 5};
	render_metrics(&table, &judgement, &values, &unknown);
	assert_null(strstr(unknown.data, "message"));
}

static void labels_are_escaped(void **state)
{
	char quotes[] = "namespace of a\"b\\c\nd (1)", latin[] = "namespace of caf\xe9 (2)",
	     utf8[] = "namespace caf\xc3\xa9", again[] = "namespace of caf\xe9 (2)",
	     steering[] = "namespace \x1b[2J\xe2\x80\xae",
	     escaped[] = "namespace \\x1b[2J\xe2\x80\xae";
	struct namespace_table namespaces[] = {
		{.where = quotes, .entries = KNOWN(1)},	  {.where = latin, .entries = KNOWN(2)},
		{.where = utf8, .entries = KNOWN(3)},	  {.where = again, .entries = KNOWN(4)},
		{.where = steering, .entries = KNOWN(5)}, {.where = escaped, .entries = KNOWN(6)},
	};
	const struct judgement judgement = {0};
	const struct values values = {0};
	struct table table = full_table(NULL, namespaces, ARRAY_SIZE(namespaces));
	struct buffer CLEANUP(buffer_clear) b = {0}, unknown = {0};

	(void)state;
	render_metrics(&table, &judgement, &values, &b);
	expect_part("labels", b.data,
		    "# TYPE conntrack_persist_namespace_entries gauge\n"
		    "conntrack_persist_namespace_entries{namespace=\"of a\\\"b\\\\c\\nd (1)\"} 1\n"
		    "conntrack_persist_namespace_entries{namespace=\"of caf\\\\xe9 (2)\"} 2\n"
		    "conntrack_persist_namespace_entries{namespace=\"caf\xc3\xa9\"} 3\n"
		    "conntrack_persist_namespace_entries{namespace=\"\\\\x1b["
		    "2J\\\\xe2\\\\x80\\\\xae\"} 5\n"
		    "conntrack_persist_namespace_entries{namespace=\"\\\\x5cx1b["
		    "2J\\\\xe2\\\\x80\\\\xae\"} "
		    "6\n"
		    "# HELP conntrack_persist_namespace");
	table.namespaces_known = false;
	render_metrics(&table, &judgement, &values, &unknown);
	assert_null(strstr(unknown.data, "namespace_entries"));
}

/* The first of a name that could be read is reported, whatever stands before it. */
static void a_name_is_told_once(void **state)
{
	char gone[] = "namespace blue", there[] = "namespace blue", again[] = "namespace blue",
	     empty[] = "namespace red", red[] = "namespace red";
	struct namespace_table namespaces[] = {
		{.where = gone, .error = -2, .entries = KNOWN(1)},
		{.where = there, .entries = KNOWN(2)},
		{.where = again, .entries = KNOWN(3)},
		{.where = empty},
		{.where = red, .entries = KNOWN(4)},
	};
	const struct judgement judgement = {0};
	const struct values values = {0};
	struct table table = full_table(NULL, namespaces, ARRAY_SIZE(namespaces));
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	render_metrics(&table, &judgement, &values, &b);
	expect_part("names", b.data,
		    "# TYPE conntrack_persist_namespace_entries gauge\n"
		    "conntrack_persist_namespace_entries{namespace=\"blue\"} 2\n"
		    "conntrack_persist_namespace_entries{namespace=\"red\"} 4\n"
		    "# HELP conntrack_persist_namespace");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_to_the_byte),
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(pending_values_have_no_live_one),
		cmocka_unit_test(chain_limits_are_those_of_this_kernel),
		cmocka_unit_test(lost_messages_are_not_counted),
		cmocka_unit_test(labels_are_escaped),
		cmocka_unit_test(a_name_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
