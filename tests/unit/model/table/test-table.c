/* model/table: memory, chains and the verdict at their thresholds. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "model/table/table.h"

#define MIB ((uint64_t)1 << 20)

static struct figure figure(uint64_t value)
{
	return (struct figure){.known = true, .value = value};
}

/* A quiet table on a kernel of today. */
static struct table quiet_table(void)
{
	struct table table = {
		.module = MODULE_LIVE,
		.facts = {.ram = 4096 * MIB, .release = {6, 12}, .page_size = 4096},
		.entries = figure(1000),
		.max = figure(262144),
		.buckets = figure(262144),
		.namespaces_known = true,
	};

	return table;
}

static struct judgement judged(const struct table *table)
{
	struct judgement judgement;

	table_judge(table, &judgement);
	return judgement;
}

static void expect_verdict(const struct table *table, enum verdict verdict)
{
	assert_string_equal(verdict_to_string(judged(table).verdict), verdict_to_string(verdict));
}

static void chains_are_limited_by_release(void **state)
{
	static const struct {
		unsigned int release[2], low, high;
	} rows[] = {
		{{4, 18}, 0, 0}, {{5, 14}, 0, 0},  {{5, 15}, 8, 79}, {{6, 1}, 8, 79},
		{{6, 2}, 8, 79}, {{6, 3}, 50, 79}, {{7, 2}, 50, 79}, {{0, 0}, 50, 79},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = {.release = {rows[i].release[0], rows[i].release[1]}};
		struct chain_limit limit = sizes_chain_limit(&facts);

		if (limit.low != rows[i].low || limit.high != rows[i].high)
			fail_msg("row %zu: %u to %u", i, limit.low, limit.high);
	}
}

static void a_backported_limit_shows_in_the_counters(void **state)
{
	struct table table = quiet_table();

	(void)state;
	table.facts.release[0] = 5;
	table.facts.release[1] = 14;
	expect_number("without", judged(&table).chain_entries.known, 0);
	table.counters.known[COUNTER_CHAIN_TOO_LONG] = true;
	expect_number("with", judged(&table).chain_entries.value, 4 * 262144);
}

static void shares_are_of_what_is_known(void **state)
{
	struct table table = quiet_table();
	struct judgement judgement = judged(&table);

	(void)state;
	expect_number("tenths of a percent", judgement.share.value, 3);
	expect_number("hundredths", judgement.per_bucket.value, 0);
	expect_number("entries for chains", judgement.chain_entries.value, 25 * 262144);
	table.entries = figure(393216);
	expect_number("hundredths", judged(&table).per_bucket.value, 150);
	table.buckets = (struct figure){0};
	expect_number("no buckets", judged(&table).per_bucket.known, 0);
	expect_number("no chains", judged(&table).chain_entries.known, 0);
	expect_number("no memory", judged(&table).memory_now.known, 0);
	table = quiet_table();
	table.max = figure(0);
	judgement = judged(&table);
	expect_number("no limit has no share", judgement.share.known, 0);
	expect_number("and is never full", judgement.memory_full.known, 0);
	assert_int_equal(judgement.verdict, VERDICT_FINE);
}

/*
 * kernel.md 4: 262144 entries are 64 MiB and 2 MiB of buckets from 6.1 on, 32 MiB more with an
 * extension.
 */
static void memory_is_entries_and_buckets(void **state)
{
	struct table table = quiet_table();
	struct judgement judgement = judged(&table);

	(void)state;
	expect_number("an entry", judgement.entry_bytes, 256);
	expect_number("not measured", judgement.entry_bytes_measured, 0);
	expect_number("full", judgement.memory_full.value, 66 * MIB);
	expect_number("of RAM", judgement.memory_full_share.value, 16);
	expect_number("now", judgement.memory_now.value, 1000 * 256 + 2 * MIB);
	/* i686 6.1: 384 bytes an entry and 4 a bucket */
	table.facts.word_size = 4;
	expect_number("32 bit", judged(&table).memory_full.value, 262144 * 384 + MIB);
	expect_number("32 bit, now", judged(&table).memory_now.value, 1000 * 384 + MIB);
	table.facts.word_size = 8;
	table.extensions = figure(128);
	expect_number("with extensions", judged(&table).memory_full.value, 98 * MIB);
}

static void memory_by_the_slab(void **state)
{
	struct table table = quiet_table();
	struct judgement judgement;

	(void)state;
	/* 5.10: 320 bytes, 12 in a page of 4096. */
	table.slab = (struct slab){
		.known = true, .object_size = 256, .slab_size = 320, .per_slab = 12, .order = 0};
	judgement = judged(&table);
	expect_number("measured", judgement.entry_bytes_measured, 1);
	expect_number("4096 / 12", judgement.entry_bytes, 342);
	expect_number("1000 entries", judgement.memory_now.value, 1000 * 342 + 2 * MIB);
	table.slab.slabs = 100;
	table.extensions = figure(128);
	expect_number("100 slabs", judged(&table).memory_now.value,
		      100 * 4096 + 1000 * 128 + 2 * MIB);
	/* Cache lines of 128 bytes: 384 bytes, 21 in two pages. */
	table.extensions.known = false;
	table.slab = (struct slab){
		.known = true, .object_size = 256, .slab_size = 384, .per_slab = 21, .order = 1};
	expect_number("8192 / 21", judged(&table).entry_bytes, 391);
	table.slab.per_slab = 0;
	expect_number("nonsense is not believed", judged(&table).entry_bytes_measured, 0);
	table.slab.per_slab = 21;
	table.slab.order = 64;
	expect_number("nor shifted by", judged(&table).entry_bytes_measured, 0);
}

#define SLAB_HEAD                                                                          \
	"slabinfo - version: 2.1\n# name <active_objs> <num_objs> <objsize> <objperslab> " \
	"<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata "        \
	"<active_slabs> <num_slabs> <sharedavail>\n"                                       \
	"nf_conntrack_expect 0 0 216 18 1 : tunables 0 0 0 : slabdata 3 3 0\n"

static void slabs_by_the_file(void **state)
{
	struct slab slab = {0}, untouched = {0};

	(void)state;
	assert_int_equal(slab_parse(SLAB_HEAD "nf_conntrack  100  120  320  25  2 : tunables 0 0 0 "
					      ": slabdata  10  11  0\nother 1 2 3 4 5\n",
				    &slab),
			 0);
	assert_true(slab.known);
	expect_number("size", slab.slab_size, 320);
	expect_number("a slab", slab.per_slab, 25);
	expect_number("two pages", slab.order, 1);
	expect_number("all of them, used or not", slab.slabs, 11);
	assert_int_equal(slab_parse(SLAB_HEAD "nf_conntrack 1 1 256 16 1\n", &slab), 0);
	expect_number("without the rest", slab.slabs, 0);
	expect_number("one page", slab.order, 0);
	assert_int_equal(slab_parse(SLAB_HEAD, &untouched), -ENOENT);
	assert_int_equal(slab_parse("", &untouched), -ENOENT);
	assert_int_equal(slab_parse("nf_conntrack 1 1 256 0 1\n", &untouched), -EBADMSG);
	assert_int_equal(slab_parse("nf_conntrack 1 1 256 x 1\n", &untouched), -EBADMSG);
	assert_int_equal(slab_parse("nf_conntrack ", &untouched), -EBADMSG);
	assert_false(untouched.known);
}

static void full_and_nearly(void **state)
{
	struct table table = quiet_table();

	(void)state;
	table.max = figure(1000);
	table.entries = figure(799);
	expect_verdict(&table, VERDICT_FINE);
	table.entries = figure(800);
	expect_verdict(&table, VERDICT_NEARLY_FULL);
	table.entries = figure(999);
	expect_verdict(&table, VERDICT_NEARLY_FULL);
	table.entries = figure(1000);
	expect_verdict(&table, VERDICT_FULL);
	/* More than max: it was lowered. */
	table.entries = figure(5000);
	expect_verdict(&table, VERDICT_FULL);
}

static void near_the_limit_drops_tell(void **state)
{
	struct table table = quiet_table();

	(void)state;
	table.max = figure(1000);
	table.entries = figure(950);
	table.counters.known[COUNTER_DROP] = true;
	expect_verdict(&table, VERDICT_NEARLY_FULL);
	table.counters.value[COUNTER_DROP] = 1;
	expect_verdict(&table, VERDICT_FULL);
	/* Two packets of one connection that met are both. */
	table.counters.known[COUNTER_INSERT_FAILED] = true;
	table.counters.value[COUNTER_INSERT_FAILED] = 1;
	expect_verdict(&table, VERDICT_NEARLY_FULL);
	table.counters.value[COUNTER_DROP] = 2;
	expect_verdict(&table, VERDICT_FULL);
	table.entries = figure(949);
	expect_verdict(&table, VERDICT_NEARLY_FULL);
	table.entries = figure(950);
	table.counters.value[COUNTER_DROP] = 0;
	table.counters.known[COUNTER_EARLY_DROP] = true;
	table.counters.value[COUNTER_EARLY_DROP] = 1;
	expect_verdict(&table, VERDICT_FULL);
}

/* kernel.md 3: 512 buckets, max 100000: it stays at 19280 entries on 7.2, and nothing is logged. */
static void chains_drop_before_max(void **state)
{
	struct table table = quiet_table();

	(void)state;
	table.buckets = figure(512);
	table.max = figure(100000);
	table.entries = figure(19280);
	table.messages = (struct full_messages){.known = true, .since_boot = true};
	table.counters.known[COUNTER_CHAIN_TOO_LONG] = true;
	expect_verdict(&table, VERDICT_NEARLY_CHAINS);
	table.counters.value[COUNTER_CHAIN_TOO_LONG] = 3;
	expect_verdict(&table, VERDICT_CHAINS);
	/* 512 x 25 = 12800, of which 80 %. */
	table.entries = figure(10240);
	expect_verdict(&table, VERDICT_CHAINS);
	table.entries = figure(10239);
	expect_verdict(&table, VERDICT_WAS_FULL);
	table.counters.value[COUNTER_CHAIN_TOO_LONG] = 0;
	expect_verdict(&table, VERDICT_FINE);
	/* Full is what is nearer. */
	table.counters.value[COUNTER_CHAIN_TOO_LONG] = 3;
	table.max = figure(10240);
	table.entries = figure(10240);
	expect_verdict(&table, VERDICT_FULL);
}

/* drop is of those without room alone; the kernel counts each for a long chain elsewhere. */
static void dropped_packets(void **state)
{
	struct table table = quiet_table();
	struct judgement judgement;

	(void)state;
	table.counters.known[COUNTER_DROP] = true;
	table.counters.value[COUNTER_DROP] = 4720;
	table.counters.known[COUNTER_CHAIN_TOO_LONG] = true;
	table.counters.value[COUNTER_CHAIN_TOO_LONG] = 6542;
	table.counters.known[COUNTER_INSERT_FAILED] = true;
	table.counters.value[COUNTER_INSERT_FAILED] = 6600;
	table_judge(&table, &judgement);
	assert_int_equal(judgement.dropped, 11262);
	table.counters.known[COUNTER_CHAIN_TOO_LONG] = false;
	table_judge(&table, &judgement);
	assert_int_equal(judgement.dropped, 4720);
}

static void what_tells_that_it_was_full(void **state)
{
	struct table table = quiet_table();

	(void)state;
	table.messages = (struct full_messages){.known = true, .since_boot = true, .count = 1};
	expect_verdict(&table, VERDICT_WAS_FULL);
	table.messages.count = 0;
	expect_verdict(&table, VERDICT_FINE);
	/* Drops without a message since boot are of another kind. */
	table.counters.known[COUNTER_DROP] = true;
	table.counters.value[COUNTER_DROP] = 7;
	expect_verdict(&table, VERDICT_FINE);
	table.messages.since_boot = false;
	expect_verdict(&table, VERDICT_WAS_FULL);
	table.messages.known = false;
	expect_verdict(&table, VERDICT_WAS_FULL);
	/* Two packets of one connection that met: counted twice, and no want of room. */
	table.counters.known[COUNTER_INSERT_FAILED] = true;
	table.counters.value[COUNTER_INSERT_FAILED] = 7;
	expect_verdict(&table, VERDICT_FINE);
	table.counters.known[COUNTER_EARLY_DROP] = true;
	table.counters.value[COUNTER_EARLY_DROP] = 1;
	expect_verdict(&table, VERDICT_WAS_FULL);
}

static void other_verdicts(void **state)
{
	struct table table = quiet_table();

	(void)state;
	table.values = (struct table_values){.known = true, .differs = 1};
	expect_verdict(&table, VERDICT_DIFFERS);
	table.values = (struct table_values){.known = true, .files_differ = true};
	expect_verdict(&table, VERDICT_DIFFERS);
	/* Values of other namespaces count only if they are configured. */
	table.values = (struct table_values){.known = true, .all_namespaces = true};
	table.namespaces = &(struct namespace_table){.unlike = 1};
	table.namespace_count = 1;
	expect_verdict(&table, VERDICT_DIFFERS);
	table.values.all_namespaces = false;
	expect_verdict(&table, VERDICT_FINE);
	table.values.known = false;
	expect_verdict(&table, VERDICT_FINE);
	table.max.known = false;
	expect_verdict(&table, VERDICT_UNKNOWN);
	table.module = MODULE_BUILT_IN;
	expect_verdict(&table, VERDICT_UNKNOWN);
	table.module = MODULE_ABSENT;
	expect_verdict(&table, VERDICT_NOT_LOADED);
	table.module = MODULE_COMING;
	expect_verdict(&table, VERDICT_NOT_LOADED);
}

static void unused_is_empty_everywhere(void **state)
{
	struct table table = quiet_table();
	struct namespace_table others[] = {{.entries = figure(0)}, {.entries = {0}}};

	(void)state;
	table.entries = figure(0);
	table.namespaces = others;
	table.namespace_count = ARRAY_SIZE(others);
	expect_verdict(&table, VERDICT_UNUSED);
	others[1].entries = figure(1);
	expect_verdict(&table, VERDICT_FINE);
	others[1].entries = figure(0);
	table.entries = figure(1);
	expect_verdict(&table, VERDICT_FINE);
}

static void what_was_not_looked_at_is_never_fine(void **state)
{
	struct table table = quiet_table();
	struct namespace_table others[] = {{.entries = figure(5)}, {.error = -13}};

	(void)state;
	table.namespaces = others;
	table.namespace_count = 1;
	expect_verdict(&table, VERDICT_FINE);
	table.namespace_count = 2;
	expect_verdict(&table, VERDICT_UNSURE);
	expect_number("unseen", judged(&table).unseen, 1);
	table.namespace_count = 1;
	table.namespaces_cut = true;
	expect_verdict(&table, VERDICT_UNSURE);
	table.namespaces_cut = false;
	table.namespaces_known = false;
	expect_verdict(&table, VERDICT_UNSURE);
	table.entries = figure(0);
	expect_verdict(&table, VERDICT_UNSURE);
	table.module = MODULE_ABSENT;
	expect_verdict(&table, VERDICT_NOT_LOADED);
	assert_false(judged(&table).unsure);
}

/* limit: of the host 1000. own: the namespace's, 0: it shows none. */
static void a_namespace_has_a_limit_of_its_own(void **state)
{
	static const struct {
		uint64_t entries, own;
		enum verdict verdict;
	} rows[] = {
		{799, 1000, VERDICT_FINE},     {800, 1000, VERDICT_NEARLY_FULL},
		{999, 0, VERDICT_NEARLY_FULL}, {1000, 1000, VERDICT_FULL},
		{1000, 0, VERDICT_FULL},       {1200, 5000, VERDICT_FULL},
		{500, 500, VERDICT_FULL},      {400, 500, VERDICT_NEARLY_FULL},
		{0, 0, VERDICT_FINE},
	};
	struct table table = quiet_table();
	struct namespace_table others[] = {{.entries = figure(3)}, {.entries = figure(0)}};

	(void)state;
	table.max = figure(1000);
	table.entries = figure(10);
	table.namespaces = others;
	table.namespace_count = ARRAY_SIZE(others);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool about = rows[i].verdict != VERDICT_FINE;

		others[1].entries = figure(rows[i].entries);
		others[1].max = (struct figure){rows[i].own > 0, rows[i].own};
		if (judged(&table).verdict != rows[i].verdict ||
		    (judged(&table).elsewhere == &others[1]) != about)
			fail_msg("row %zu: %s", i, verdict_to_string(judged(&table).verdict));
	}
	/* The own table comes first. The fullest is named. */
	others[0].entries = figure(1100);
	others[1].entries = figure(1300);
	assert_ptr_equal(judged(&table).elsewhere, &others[1]);
	table.entries = figure(1000);
	expect_verdict(&table, VERDICT_FULL);
	assert_null(judged(&table).elsewhere);
	/* 0 is no limit. */
	table.max = figure(0);
	others[1].max = figure(0);
	expect_verdict(&table, VERDICT_FINE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_are_limited_by_release),
		cmocka_unit_test(a_backported_limit_shows_in_the_counters),
		cmocka_unit_test(shares_are_of_what_is_known),
		cmocka_unit_test(memory_is_entries_and_buckets),
		cmocka_unit_test(memory_by_the_slab),
		cmocka_unit_test(slabs_by_the_file),
		cmocka_unit_test(full_and_nearly),
		cmocka_unit_test(near_the_limit_drops_tell),
		cmocka_unit_test(chains_drop_before_max),
		cmocka_unit_test(dropped_packets),
		cmocka_unit_test(what_tells_that_it_was_full),
		cmocka_unit_test(other_verdicts),
		cmocka_unit_test(unused_is_empty_everywhere),
		cmocka_unit_test(what_was_not_looked_at_is_never_fine),
		cmocka_unit_test(a_namespace_has_a_limit_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
