/*
 * model/plan/sizing: figures worked out by hand, the bounds of each rule, and lines that a plan
 * accepts.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "model/plan/plan.h"
#include "model/plan/sizing.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

/* A host of today with 16 GiB, and the configuration that `lines` make. */
static struct facts usual_host(void)
{
	struct facts facts = {
		.ram = 16 * GIB, .release = {6, 12}, .page_size = 4096, .word_size = 8};

	return facts;
}

static void read_lines(const char *lines, struct config *ret)
{
	struct problems CLEANUP(problems_done) problems = {0};

	assert_int_equal(config_new(ret), 0);
	assert_int_equal(config_read(ret, "a.conf", lines, strlen(lines), &problems), 0);
	config_check(ret, &problems);
	expect_no_problem(lines, &problems);
}

static int compute_with(const struct facts *facts, const char *lines, uint64_t connections,
			uint64_t new_per_second, struct sizing *ret)
{
	struct config CLEANUP(config_done) config = {0};
	struct sizing_request request = {.config = &config,
					 .facts = facts,
					 .connections = connections,
					 .new_per_second = new_per_second};

	read_lines(lines, &config);
	return sizing_compute(&request, ret);
}

static struct sizing computed(const struct facts *facts, const char *lines, uint64_t connections,
			      uint64_t new_per_second)
{
	struct sizing sizing = {0};

	assert_int_equal(compute_with(facts, lines, connections, new_per_second, &sizing), 0);
	return sizing;
}

static void sizes_are_twice_the_peak(void **state)
{
	static const struct {
		uint64_t connections, new_per_second, entries, max;
	} rows[] = {
		/* 2 x 500,000 is 15.26 steps of 65,536. */
		{500000, 0, 500000, 1048576},
		/* 2,000 x 120 s are 240,000; 2 x 740,000 is 22.58 steps. */
		{500000, 2000, 740000, 1507328},
		/* The kernel's own default of 16 GiB is enough for 131,072. */
		{1, 0, 1, 262144},
		{131072, 0, 131072, 262144},
		{131073, 0, 131073, 327680},
		{131072 - 120, 1, 131072, 262144},
		{131072 - 119, 1, 131073, 327680},
		{1000000000, 0, 1000000000, 2000027648},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = usual_host();
		struct sizing sizing =
			computed(&facts, "", rows[i].connections, rows[i].new_per_second);

		if (sizing.entries != rows[i].entries || sizing.max != rows[i].max)
			fail_msg("row %zu: %" PRIu64 ", %" PRIu64, i, sizing.entries, sizing.max);
		expect_number("default", sizing.is_default, rows[i].max == 262144);
	}
}

static void small_hosts_get_powers_of_two(void **state)
{
	static const struct {
		uint64_t connections, max;
	} rows[] = {{1, 4096},	    {2048, 4096},   {2049, 8192},   {16384, 32768},
		    {16385, 65536}, {32768, 65536}, {32769, 131072}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* Its kernel takes 4,096 by itself. */
		struct facts facts = {.ram = 512 * MIB, .release = {6, 12}, .page_size = 4096};

		expect_number("max", computed(&facts, "", rows[i].connections, 0).max, rows[i].max);
	}
	/* Nothing is known of a host whose RAM is not. */
	expect_number("least", computed(&(struct facts){.image = true}, "", 1, 0).max, 1024);
	expect_number("least", computed(&(struct facts){.image = true}, "", 513, 0).max, 2048);
}

static void memory_is_entries_and_buckets(void **state)
{
	struct facts facts = usual_host();
	struct sizing sizing = computed(&facts, "", 500000, 0);

	(void)state;
	expect_number("memory", sizing.memory, 256 * MIB + 8 * MIB);
	expect_number("entries alone", sizing.entry_memory, 256 * MIB);
	expect_number("NAT", sizing.nat_memory, 128 * MIB);
	expect_number("buckets", sizing.hashsize, 1048576);
	sizing = computed(&facts, "[conntrack]\nexpect_hashsize = 131072\n", 500000, 0);
	expect_number("with expectations", sizing.memory, 256 * MIB + 8 * MIB + MIB);
	facts.release[0] = 5;
	facts.release[1] = 10;
	expect_number("before 6.1", computed(&facts, "", 500000, 0).memory, 342 * MIB + 8 * MIB);
	sizing = computed(&facts, "", 1000000000, 0);
	expect_number("buckets end", sizing.hashsize, 268434944);
}

static void chains_follow_the_release(void **state)
{
	static const struct {
		unsigned int release[2];
		uint64_t entries;
	} rows[] = {{{5, 10}, 0}, {{6, 1}, 4 * 1048576}, {{6, 12}, 25 * 1048576}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = usual_host();

		facts.release[0] = rows[i].release[0];
		facts.release[1] = rows[i].release[1];
		expect_number("chains", computed(&facts, "", 500000, 0).chain_entries,
			      rows[i].entries);
	}
}

static void the_longest_timeout_counts(void **state)
{
	static const struct {
		const char *lines;
		uint64_t seconds;
	} rows[] = {
		{"", 120},
		{"[timeouts]\ntcp_time_wait = 10\n", 120},
		{"[timeouts]\ntcp_time_wait = 10\nudp_stream = 20\n", 30},
		{"[timeouts]\ntcp_time_wait = 10\nudp_stream = 20\nudp = 5\n", 20},
		{"[timeouts]\ntcp_time_wait = 1\nudp_stream = 1\nudp = 1\n", 1},
		{"[timeouts]\ntcp_time_wait = 1h\n", 3600},
	};
	struct facts facts = usual_host();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sizing sizing = computed(&facts, rows[i].lines, 100, 10);

		expect_number(rows[i].lines, sizing.closed_seconds, rows[i].seconds);
		expect_number(rows[i].lines, sizing.closed, 10 * rows[i].seconds);
	}
	facts.release[0] = 4;
	facts.release[1] = 19;
	expect_number("4.19", computed(&facts, "", 100, 10).udp_stream, 180);
	expect_number("4.19", computed(&facts, "", 100, 10).closed, 1800);
	expect_number("set", computed(&facts, "[timeouts]\nudp_stream = 90\n", 1, 1).closed, 120);
}

static void an_unseen_end_adds_entries(void **state)
{
	struct facts facts = usual_host();
	struct sizing sizing = computed(&facts, "", 500000, 2000);

	(void)state;
	/* 20 a second for 5 days, and for 6 hours */
	expect_number("five days", sizing_unclosed(&sizing, sizing.established), 8640000);
	expect_number("six hours", sizing_unclosed(&sizing, 21600), 432000);
}

static void memory_decides_what_fits(void **state)
{
	/* 2,097,152 entries with as many buckets take 528 MiB. */
	static const struct {
		uint64_t ram;
		const char *lines;
		enum sizing_fit fit;
		uint64_t percent, mib, needed;
	} rows[] = {
		{16 * GIB, "", SIZING_FITS, 0, 0, 3 * GIB},
		{2112 * MIB, "", SIZING_FITS, 0, 0, 3 * GIB},
		/* 528 MiB are 25.8 % of 2 GiB. */
		{2048 * MIB, "", SIZING_NEEDS_LIMIT, 26, 0, 3 * GIB},
		{1280 * MIB, "", SIZING_NEEDS_LIMIT, 42, 0, 3 * GIB},
		{1024 * MIB, "", SIZING_NEEDS_RAM, 0, 0, 3 * GIB},
		{0, "", SIZING_RAM_UNKNOWN, 0, 0, 3 * GIB},
		{16 * GIB, "[conntrack]\nmemory_limit = 3%\n", SIZING_NEEDS_LIMIT, 4, 0, 18 * GIB},
		{16 * GIB, "[conntrack]\nmemory_limit = 528M\n", SIZING_FITS, 0, 0, 3 * GIB},
		{16 * GIB, "[conntrack]\nmemory_limit = 527M\n", SIZING_NEEDS_LIMIT, 4, 0, 3 * GIB},
		{0, "[conntrack]\nmemory_limit = 527M\n", SIZING_NEEDS_LIMIT, 0, 528, 3 * GIB},
		{0, "[conntrack]\nmemory_limit = 528M\n", SIZING_FITS, 0, 0, 3 * GIB},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct facts facts = usual_host();
		struct sizing sizing;

		facts.ram = rows[i].ram;
		sizing = computed(&facts, rows[i].lines, 1048576, 0);
		expect_number("max", sizing.max, 2097152);
		if (sizing.fit != rows[i].fit || sizing.limit_percent != rows[i].percent ||
		    sizing.limit_mib != rows[i].mib || sizing.ram_needed != rows[i].needed)
			fail_msg("row %zu: %d, %" PRIu64 " %%, %" PRIu64 " MiB, %" PRIu64, i,
				 (int)sizing.fit, sizing.limit_percent, sizing.limit_mib,
				 sizing.ram_needed);
	}
}

static void too_many_entries_are_refused(void **state)
{
	struct facts facts = usual_host();
	struct sizing sizing = {.max = 7};

	(void)state;
	/* 32,767 x 65,536 is the last max that INT_MAX leaves room for. */
	expect_number("most", computed(&facts, "", 1000000000, 614242).entries,
		      1000000000 + 614242ULL * 120);
	expect_number("max", computed(&facts, "", 1000000000, 614242).max, 32767ULL * 65536);
	assert_int_equal(compute_with(&facts, "", 1000000000, 614243, &sizing), -ERANGE);
	assert_int_equal(compute_with(&facts, "[timeouts]\nudp = 2147483\n", CONNECTIONS_MAX,
				      NEW_PER_SECOND_MAX, &sizing),
			 -ERANGE);
	expect_number("untouched", sizing.max, 7);
}

static void lines_have_plain_digits(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct sizing sizing = {.max = 1507328, .hashsize = 1507329};

	(void)state;
	sizing_add_ini(&sizing, &b);
	expect_text("sizes", b.data, "[conntrack]\nmax = 1507328\nhashsize = 1507329\n");
	buffer_reset(&b);
	sizing.limit_percent = 26;
	sizing_add_ini(&sizing, &b);
	expect_part("percent", b.data, "\nmemory_limit = 26%\n");
	buffer_reset(&b);
	sizing.limit_percent = 0;
	sizing.limit_mib = 528;
	sizing_add_ini(&sizing, &b);
	expect_part("MiB", b.data, "\nmemory_limit = 528M\n");
}

/*
 * Fails unless a plan of these lines on this host has neither an error nor a warning about memory.
 */
static void expect_accepted(const struct facts *facts, const char *lines, bool many)
{
	struct config CLEANUP(config_done) config = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	struct plan_request request = {.config = &config, .facts = facts};
	struct plan plan = {0};

	read_lines(lines, &config);
	assert_int_equal(plan_build(&request, &problems, &plan), 0);
	if (!many)
		expect_no_problem(lines, &problems);
	if (problems_have_error(&problems))
		fail_msg("%s: %s", lines, problems.items[0].text);
	plan_done(&plan);
}

/*
 * The plan accepts the answer on each host, also on one with exactly the RAM that the answer asks
 * for.
 */
static void a_plan_accepts_the_lines(void **state)
{
	static const uint64_t ram[] = {64 * MIB, 300 * MIB, 1024 * MIB, 4 * GIB,
				       17 * GIB, GIB << 10, 0};
	static const unsigned int releases[][2] = {{4, 18}, {5, 10}, {5, 15}, {6, 1}, {7, 2}};
	uint64_t connections = 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ram) * ARRAY_SIZE(releases) * 40; i++) {
		const unsigned int *release = releases[i / ARRAY_SIZE(ram) % ARRAY_SIZE(releases)];
		struct facts facts = {.ram = ram[i % ARRAY_SIZE(ram)],
				      .image = ram[i % ARRAY_SIZE(ram)] == 0,
				      .release = {release[0], release[1]},
				      .page_size = i % 3 ? 4096 : 65536,
				      .word_size = i % 5 ? 8 : 4};
		struct buffer CLEANUP(buffer_clear) b = {0};
		struct sizing sizing;

		connections = (connections * 6364136223846793005ULL + 1442695040888963407ULL) %
			      (i % 7 ? 3000000 : CONNECTIONS_MAX);
		sizing = computed(&facts, "", connections + 1, i % 500);
		if (sizing.fit == SIZING_NEEDS_RAM || sizing.fit == SIZING_RAM_UNKNOWN)
			facts.ram = sizing.ram_needed;
		facts.image = false;
		sizing_add_ini(&sizing, &b);
		/*
		 * With fewer buckets than entries a plan warns, but the kernel allows no more
		 * buckets.
		 */
		expect_accepted(&facts, b.data, sizing.hashsize < sizing.max);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_twice_the_peak),
		cmocka_unit_test(small_hosts_get_powers_of_two),
		cmocka_unit_test(memory_is_entries_and_buckets),
		cmocka_unit_test(chains_follow_the_release),
		cmocka_unit_test(the_longest_timeout_counts),
		cmocka_unit_test(an_unseen_end_adds_entries),
		cmocka_unit_test(memory_decides_what_fits),
		cmocka_unit_test(too_many_entries_are_refused),
		cmocka_unit_test(lines_have_plain_digits),
		cmocka_unit_test(a_plan_accepts_the_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
