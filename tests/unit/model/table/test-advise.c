/*
 * model/advise: each rule from both sides of its threshold, what memory allows, which lines are
 * given.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/plan/sizes.h"
#include "model/table/advise.h"

#define MIB    ((uint64_t)1 << 20)
#define GIB    ((uint64_t)1 << 30)
#define SECOND ((uint64_t)1000000)
#define NOW    (1000000 * SECOND)
#define TCP    6
#define UDP    17

struct fixture {
	struct table table;
	struct judgement judgement;
	struct entry_counts *contents;
	struct advise_request request;
	struct findings findings;
	struct config config;
	struct problems problems;
	struct plan plan;
};

/* A host of 8 GiB with nothing to complain of. */
static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	if (!f || config_new(&f->config) < 0)
		return -1;
	f->table = (struct table){
		.module = MODULE_LIVE,
		.facts = {.ram = 8 * GIB, .release = {6, 1}, .page_size = 4096},
		.entries = {true, 100},
		.max = {true, 2048},
		.buckets = {true, 2048},
		.tcp_syn_sent = {true, 120},
		.tcp_syn_recv = {true, 60},
		.tcp_established = {true, 432000},
		.tcp_time_wait = {true, 120},
		.udp = {true, 30},
		.udp_stream = {true, 120},
		.now = NOW,
	};
	f->judgement =
		(struct judgement){.verdict = VERDICT_FINE, .chains = {50, 79}, .entry_bytes = 256};
	f->request = (struct advise_request){.table = &f->table, .judgement = &f->judgement};
	f->contents = calloc(1, sizeof(*f->contents));
	return f->contents ? 0 : -1;
}

static void forget_plan(struct fixture *f)
{
	plan_done(&f->plan);
	config_done(&f->config);
	problems_done(&f->problems);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	findings_done(&f->findings);
	forget_plan(f);
	free(f->contents);
	free(f);
	return 0;
}

static void use(struct fixture *f, uint64_t entries, uint64_t max, enum verdict verdict)
{
	f->table.entries.value = entries;
	f->table.max.value = f->table.buckets.value = max;
	f->judgement.verdict = verdict;
	f->judgement.share = (struct figure){true, max ? entries * 1000 / max : 0};
}

/* The table is full of these. */
static void fill(struct fixture *f, uint64_t total)
{
	use(f, total, total, VERDICT_FULL);
	f->table.contents = f->contents;
	f->contents->total = total;
}

static void configure(struct fixture *f, const char *text)
{
	struct plan_request request = {.config = &f->config,
				       .facts = &f->table.facts,
				       .program = "/usr/sbin/conntrack-persist"};

	forget_plan(f);
	assert_int_equal(config_new(&f->config), 0);
	assert_int_equal(config_read(&f->config, "a.conf", text, strlen(text), &f->problems), 0);
	assert_int_equal(plan_build(&request, &f->problems, &f->plan), 0);
	f->request.plan = &f->plan;
}

/*
 * The program's own reader takes the lines, after the defaults, without a word; returns the max
 * that follows.
 */
static uint64_t read_lines(const struct fixture *f, const char *text)
{
	struct config CLEANUP(config_done) config = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	struct plan CLEANUP(plan_done) plan = {0};
	struct plan_request request = {.config = &config,
				       .facts = &f->table.facts,
				       .program = "/usr/sbin/conntrack-persist"};

	assert_int_equal(config_new(&config), 0);
	assert_int_equal(config_read(&config, "50-advise.conf", text, strlen(text), &problems), 0);
	config_check(&config, &problems);
	assert_int_equal(plan_build(&request, &problems, &plan), 0);
	expect_no_problem(text, &problems);
	return plan.sizes.max;
}

static bool is_sentence(const char *text)
{
	size_t length = strlen(text);

	return length > 2 && text[0] != ' ' && text[length - 1] == '.' && !strstr(text, "  ") &&
	       !strchr(text, '\n');
}

/* Checks what is true of every finding, and that all lines together are one valid file. */
static void look(struct fixture *f)
{
	struct buffer CLEANUP(buffer_clear) all = {0}, ini = {0};

	findings_done(&f->findings);
	assert_int_equal(advise(&f->request, &f->findings), 0);
	assert_true(f->findings.count <= 3);
	for (size_t i = 0; i < f->findings.count; i++) {
		const struct finding *finding = &f->findings.items[i];

		if (strlen(finding->title) > 76 || !is_sentence(finding->title))
			fail_msg("title: %s", finding->title);
		if (!is_sentence(finding->evidence))
			fail_msg("evidence: %s", finding->evidence);
		if (!is_sentence(finding->reason))
			fail_msg("reason: %s", finding->reason);
		if (finding->summary[0] == '\0' || strchr(finding->summary, '\n') ||
		    text_ends_with(finding->summary, "."))
			fail_msg("summary: %s", finding->summary);
		if (i > 0 && finding->urgency > f->findings.items[i - 1].urgency)
			fail_msg("more urgent than the one before: %s", finding->summary);
		if (finding->lines) {
			buffer_printf(&all, "%s\n", finding->lines);
			expect_text("command", finding->command, "conntrack-persist install");
		}
	}
	if (all.data)
		(void)read_lines(f, all.data);
	findings_add_ini(&f->findings, NULL, &ini);
	if (ini.data)
		(void)read_lines(f, ini.data);
}

/* The findings' words in their order, a blank between. */
static void expect_kinds(struct fixture *f, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) kinds = {0};

	look(f);
	for (size_t i = 0; i < f->findings.count; i++)
		buffer_printf(&kinds, "%s%s", i ? " " : "",
			      finding_kind_to_string(f->findings.items[i].kind));
	expect_text("findings", kinds.data ? kinds.data : "", wanted);
}

static const struct finding *only(struct fixture *f, const char *kind)
{
	expect_kinds(f, kind);
	return &f->findings.items[0];
}

static void expect_no_part(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" with \"%s\"", text, part);
}

static void nothing_to_say_is_an_answer(void **state)
{
	struct fixture *f = *state;
	static const enum verdict calm[] = {VERDICT_FINE, VERDICT_UNUSED, VERDICT_DIFFERS,
					    VERDICT_UNKNOWN};

	for (size_t i = 0; i < ARRAY_SIZE(calm); i++) {
		use(f, 100, 2048, calm[i]);
		expect_kinds(f, "");
	}
	f->table.max.known = f->table.entries.known = f->table.buckets.known = false;
	f->judgement.share.known = false;
	expect_kinds(f, "");
}

static void nothing_is_said_of_a_module_that_is_not_there(void **state)
{
	struct fixture *f = *state;
	static const enum module_state away[] = {MODULE_ABSENT, MODULE_COMING, MODULE_GOING};

	use(f, 2048, 2048, VERDICT_FULL);
	f->request.uses_known = true;
	for (size_t i = 0; i < ARRAY_SIZE(away); i++) {
		f->table.module = away[i];
		f->findings.count = 0;
		expect_kinds(f, "");
	}
}

/* Said of a table without room alone; behind it stands an address or none. */
static void the_largest_holder_is_named(void **state)
{
	struct fixture *f = *state;
	struct holders *CLEANUP(holders_freep) holders = NULL;
	const struct heavy_key source = {.address = {10, 66, 6, 6}, .family = 2};

	assert_int_equal(holders_new(1, &holders), 0);
	for (int i = 0; i < 683; i++)
		heavy_add(holders->sources, &source, true);
	holders->total = 2048;
	f->table.holders = holders;
	use(f, 2048, 2048, VERDICT_FULL);
	expect_part("full", only(f, "larger-max")->evidence,
		    " 683 of 2,048 entries (33 %) are from 10.66.6.6.");
	f->request.no_addresses = true;
	expect_part("hidden", only(f, "larger-max")->evidence,
		    " 683 of 2,048 entries (33 %) are from one address.");
	use(f, 100, 2048, VERDICT_WAS_FULL);
	f->table.messages = (struct full_messages){.known = true, .count = 1, .last = NOW};
	look(f);
	for (size_t i = 0; i < f->findings.count; i++)
		expect_no_part(f->findings.items[i].evidence, "are from");
	f->table.holders = NULL;
}

static void full_table_gets_four_times_as_much(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding;

	use(f, 2000, 2000, VERDICT_FULL);
	f->judgement.dropped = 1;
	f->table.messages =
		(struct full_messages){.known = true, .count = 2, .last = NOW - 190 * SECOND};
	finding = only(f, "larger-max");
	expect_text("title", finding->title,
		    "The table is too small: 2,000 of 2,000 entries are in use.");
	expect_text(
		"evidence", finding->evidence,
		"2,000 of 2,000 entries are in use. The kernel logged \"table full\" 2 times, last "
		"3 minutes ago. 1 packet was dropped so far.");
	expect_part(
		"cost", finding->reason,
		" 8,192 entries and as many buckets take 2 MiB, less than 0.1 % of the RAM, when "
		"full.");
	expect_part("unseen", finding->reason,
		    "the table is full, new connections are dropped and existing ones continue. "
		    "The kernel does not count how many entries would have been needed. The advice "
		    "is four times max,");
	expect_part("stopgap", finding->reason, "\"conntrack -F\" empties the table now");
	expect_text("lines", finding->lines, "[conntrack]\nmax = 8192\nhashsize = auto");
	expect_number("max", read_lines(f, finding->lines), 8192);
}

static void max_covers_the_peak_with_room(void **state)
{
	struct fixture *f = *state;
	static const struct {
		enum verdict verdict;
		uint64_t entries, max, larger;
	} rows[] = {
		{VERDICT_FULL, 2048, 2048, 8192},
		{VERDICT_FULL, 2049, 2049, 16384},
		{VERDICT_FULL, 1, 1, 1024},
		{VERDICT_FULL, 256, 256, 1024},
		{VERDICT_FULL, 257, 257, 2048},
		{VERDICT_FULL, 262144, 262144, 1048576},
		{VERDICT_FULL, 1048576, 1048576, 4194304},
		{VERDICT_FULL, 1048577, 1048577, 4194304},
		{VERDICT_FULL, 4194303, 4194303, 4194304},
		{VERDICT_NEARLY_FULL, 1025, 1250, 4096},
		{VERDICT_NEARLY_FULL, 1024, 1250, 2048},
		{VERDICT_NEARLY_FULL, 107375, 131072, 262144},
		{VERDICT_FINE, 801, 1000, 2048},
		{VERDICT_FINE, 800, 1000, 0},
		{VERDICT_CHAINS, 801, 1000, 2048},
		{VERDICT_FINE, 5000, 0, 0},
	};

	f->table.facts.ram = 64 * GIB;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		use(f, rows[i].entries, rows[i].max, rows[i].verdict);
		expect_kinds(f, rows[i].larger ? "larger-max" : "");
		if (rows[i].larger)
			expect_number("max", read_lines(f, f->findings.items[0].lines),
				      rows[i].larger);
	}
}

static void nearly_full_table_is_not_emptied(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding;

	use(f, 1, 1, VERDICT_NEARLY_FULL);
	finding = only(f, "larger-max");
	expect_text("title", finding->title, "The table is nearly full: 1 of 1 entries is in use.");
	expect_no_part(finding->reason, "conntrack -F");
	expect_no_part(finding->reason, "cannot be seen");
	/* No table of this kind has a longer title. */
	use(f, 4000000, 4194303, VERDICT_NEARLY_FULL);
	expect_kinds(f, "larger-max");
}

static void memory_bounds_the_larger_max(void **state)
{
	struct fixture *f = *state;
	uint64_t full = sizes_table_bytes(&f->table.facts, 8192, 8192);

	use(f, 2048, 2048, VERDICT_FULL);
	f->request.memory_limit = full;
	only(f, "larger-max");
	expect_number("fits", read_lines(f, f->findings.items[0].lines), 8192);
	f->request.memory_limit = full - 1;
	only(f, "larger-max");
	expect_number("does not", read_lines(f, f->findings.items[0].lines), 4096);

	/* Extensions that were measured count as well. */
	f->judgement.entry_bytes = 384;
	f->request.memory_limit = 8192 * (384 + 8);
	only(f, "larger-max");
	expect_number("fits", read_lines(f, f->findings.items[0].lines), 8192);
	expect_part("cost", f->findings.items[0].reason, " take 3 MiB,");
	f->request.memory_limit--;
	only(f, "larger-max");
	expect_number("does not", read_lines(f, f->findings.items[0].lines), 4096);
}

static void limit_of_the_defaults_holds_where_none_is_known(void **state)
{
	struct fixture *f = *state;

	use(f, 262144, 262144, VERDICT_FULL);
	f->table.facts.ram = 1000 * MIB;
	only(f, "larger-max");
	/* A quarter of 1 GiB. */
	expect_number("max", read_lines(f, f->findings.items[0].lines), 524288);
	expect_part("share", f->findings.items[0].reason, "take 132 MiB, 13.2 % of the RAM");

	f->table.facts.ram = 0;
	look(f);
	expect_part("no RAM", f->findings.items[0].lines, "max = 1048576\n");
	expect_no_part(f->findings.items[0].reason, "of the RAM");
}

static void no_room_is_said_with_what_else_helps(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding;

	fill(f, 2048);
	f->request.memory_limit = sizes_table_bytes(&f->table.facts, 4096, 4096) - 1;
	finding = only(f, "larger-max");
	expect_text("title", finding->title,
		    "The table is full, but a larger one cannot be advised.");
	expect_part("limit", finding->reason, "memory_limit is 1 MiB. A larger memory_limit");
	expect_no_part(finding->reason, "could not be read.");
	assert_null(finding->lines);
	assert_null(finding->command);

	f->contents->by_state[TCP_STATE_TIME_WAIT] = 2048;
	finding = only(f, "shorter-timeouts");
	expect_part("limit", finding->reason,
		    " Memory does not allow a larger table: memory_limit is 1 MiB.");
	f->contents->by_state[TCP_STATE_TIME_WAIT] = 0;
	f->contents->udp.destinations[53] = 2048;
	finding = only(f, "untracked");
	expect_part("limit", finding->reason, "Memory does not allow a larger table");

	f->table.contents = NULL;
	finding = only(f, "larger-max");
	expect_part("unseen", finding->reason, "could not be read.");
	use(f, 2000, 2048, VERDICT_NEARLY_FULL);
	expect_part("nearly", only(f, "larger-max")->title, "is nearly full, but");
}

static void largest_table_is_not_made_larger(void **state)
{
	struct fixture *f = *state;

	use(f, 4194304, 4194304, VERDICT_FULL);
	expect_part("largest", only(f, "larger-max")->reason,
		    " A max of more than 4,194,304 is not advised.");
	assert_null(f->findings.items[0].lines);
}

static void table_that_was_full_needs_a_message(void **state)
{
	struct fixture *f = *state;
	struct full_messages *messages = &f->table.messages;
	const struct finding *finding;

	use(f, 10, 2048, VERDICT_WAS_FULL);
	f->judgement.dropped = 7;
	expect_kinds(f, "");
	*messages = (struct full_messages){.known = true, .first = NOW, .last = NOW};
	expect_kinds(f, "");
	messages->count = 1;
	messages->known = false;
	expect_kinds(f, "");
	messages->known = true;
	finding = only(f, "larger-max");
	expect_text("title", finding->title,
		    "The table was too small: new connections were dropped.");
	expect_text("evidence", finding->evidence,
		    "10 of 2,048 entries are in use. The kernel logged \"table full\" 1 time, 0 "
		    "seconds "
		    "ago. 7 packets were dropped so far.");
	expect_no_part(finding->reason, "conntrack -F");
	expect_number("max", read_lines(f, finding->lines), 8192);

	/* Said of the values from before the last apply. */
	f->request.applied = NOW;
	expect_kinds(f, "larger-max");
	f->request.applied = NOW + 1;
	expect_kinds(f, "");
	messages->last = 0;
	expect_kinds(f, "larger-max");
}

static void ages_are_told_in_their_unit(void **state)
{
	struct fixture *f = *state;
	static const struct {
		uint64_t seconds;
		const char *words;
	} rows[] = {
		{1, " 1 second ago."},	    {59, " 59 seconds ago."}, {60, " 1 minute ago."},
		{3599, " 59 minutes ago."}, {3600, " 1 hour ago."},   {86399, " 23 hours ago."},
		{86400, " 1 day ago."},	    {172800, " 2 days ago."},
	};

	use(f, 2048, 2048, VERDICT_FULL);
	f->table.messages = (struct full_messages){.known = true, .count = 1};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		f->table.messages.last = NOW - rows[i].seconds * SECOND;
		expect_part("age", only(f, "larger-max")->evidence, rows[i].words);
	}
	/* The clock was set back. */
	f->table.messages.last = NOW + 5 * SECOND;
	expect_part("age", only(f, "larger-max")->evidence, " 0 seconds ago.");
	f->table.messages.last = 0;
	expect_part("age", only(f, "larger-max")->evidence, "1 time.");
}

static void fullest_namespace_counts(void **state)
{
	struct fixture *f = *state;
	char blue[] = "namespace blue", odd[] = "namespace of \033[2J (7)", gone[] = "namespace x";
	struct namespace_table namespaces[] = {
		/* not known: the number says nothing */
		{.where = gone, .entries = {false, 1000}},
		{.where = odd, .entries = {true, 100}},
		{.where = blue, .entries = {true, 800}},
	};
	const struct finding *finding;

	use(f, 100, 1000, VERDICT_FINE);
	f->table.namespaces = namespaces;
	f->table.namespace_count = ARRAY_SIZE(namespaces);
	expect_kinds(f, "");
	namespaces[2].entries.value = 801;
	finding = only(f, "larger-max");
	expect_text("title", finding->title,
		    "Another namespace's table is nearly full: 801 of 1,000 entries.");
	expect_text("evidence", finding->evidence,
		    "namespace blue: 801 of 1,000 entries are in use.");
	expect_part("each", finding->reason,
		    "3 other ones here may each take as much memory again.");
	expect_number("max", read_lines(f, finding->lines), 2048);

	namespaces[1].entries.value = 1000;
	finding = only(f, "larger-max");
	expect_text("evidence", finding->evidence,
		    "another network namespace: 1,000 of 1,000 entries are in use.");
	expect_no_part(finding->reason, "conntrack -F");
	expect_number("max", read_lines(f, finding->lines), 4096);

	/* Its entries were not counted: nothing is known of them. */
	f->table.contents = f->contents;
	f->contents->total = f->contents->by_state[TCP_STATE_TIME_WAIT] = 100;
	f->contents->udp.destinations[53] = 1000;
	expect_kinds(f, "larger-max");
}

static void messages_of_other_namespaces_say_nothing_of_our_entries(void **state)
{
	struct fixture *f = *state;

	fill(f, 2048);
	use(f, 100, 2048, VERDICT_WAS_FULL);
	f->contents->by_state[TCP_STATE_TIME_WAIT] = 2048;
	f->table.messages = (struct full_messages){.known = true, .count = 3, .namespaces = 2};
	expect_kinds(f, "larger-max shorter-timeouts");
	expect_part("of others", f->findings.items[0].evidence,
		    "3 times (2 of other network namespaces).");
	f->table.messages.namespaces = 3;
	expect_kinds(f, "larger-max");
}

static void container_is_told_where_sizes_are_set(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding;

	use(f, 2048, 2048, VERDICT_FULL);
	f->table.foreign_max = true;
	configure(f, "[conntrack]\nmax = 100000\n");
	finding = only(f, "larger-max");
	expect_part("host", finding->reason,
		    "on the host, because this container is in another network namespace. On the "
		    "host, write max = 8192 and hashsize = auto.");
	assert_null(finding->lines);
	assert_null(finding->command);
}

static void configured_max_is_brought_into_force_first(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding;

	use(f, 2048, 2048, VERDICT_FULL);
	configure(f, "[conntrack]\nmax = 2048\n");
	expect_kinds(f, "larger-max");
	configure(f, "[conntrack]\nmax = 2049\n");
	finding = only(f, "not-in-force");
	expect_text("title", finding->title,
		    "The configuration is not active: the kernel has a smaller table.");
	expect_text("evidence", finding->evidence,
		    "2,048 of 2,048 entries are in use. The configuration has max = 2049, the live "
		    "value is 2,048.");
	expect_text("command", finding->command, "conntrack-persist apply");
	assert_null(finding->lines);
	f->table.values.files_differ = true;
	expect_text("command", only(f, "not-in-force")->command, "conntrack-persist install");

	use(f, 100, 2048, VERDICT_FINE);
	expect_kinds(f, "");
}

static void configured_buckets_are_brought_into_force_first(void **state)
{
	struct fixture *f = *state;

	use(f, 19280, 100000, VERDICT_CHAINS);
	f->table.buckets.value = 512;
	configure(f, "[conntrack]\nmax = 4096\nhashsize = 513\n");
	expect_part("title", only(f, "not-in-force")->title, "the kernel has fewer buckets.");
	expect_part("evidence", f->findings.items[0].evidence,
		    "configuration has hashsize = 513, the live value is 512.");
	configure(f, "[conntrack]\nmax = 2048\nhashsize = 512\n");
	expect_kinds(f, "more-buckets");
	use(f, 100, 100000, VERDICT_FINE);
	f->table.buckets.value = 512;
	configure(f, "[conntrack]\nmax = 4096\nhashsize = 4096\n");
	expect_kinds(f, "");
}

static void configured_timeouts_are_brought_into_force_first(void **state)
{
	struct fixture *f = *state;

	fill(f, 1000);
	f->contents->by_state[TCP_STATE_TIME_WAIT] = 1000;
	configure(f, "[conntrack]\nmax = 1000\n[timeouts]\ntcp_time_wait = 31s\n");
	expect_kinds(f, "larger-max shorter-timeouts");
	configure(f, "[conntrack]\nmax = 1000\n[timeouts]\ntcp_time_wait = 30s\n");
	expect_kinds(f, "not-in-force larger-max");
	expect_part("title", f->findings.items[0].title, "the kernel has longer timeouts.");
	f->table.tcp_time_wait.value = 30;
	expect_kinds(f, "larger-max");
}

static void too_few_buckets_are_found_in_three_ways(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding;

	use(f, 19280, 100000, VERDICT_CHAINS);
	f->table.buckets.value = 512;
	finding = only(f, "more-buckets");
	expect_text("title", finding->title,
		    "Too few buckets: packets are dropped before the table is full.");
	expect_text("evidence", finding->evidence,
		    "19,280 entries in 512 buckets: 37.6 a bucket; with the present max of 100,000 "
		    "up to 195.3.");
	expect_part("limit", finding->reason,
		    "from 50 to 79 for each entry), the kernel drops the packet without a message, "
		    "even if the table is far");
	expect_text("lines", finding->lines, "[conntrack]\nmax = 100000\nhashsize = auto");
	expect_number("max", read_lines(f, finding->lines), 100000);

	f->judgement.verdict = VERDICT_NEARLY_CHAINS;
	expect_part("nearly", only(f, "more-buckets")->title, "may be dropped");
	f->judgement.verdict = VERDICT_FINE;
	expect_kinds(f, "");
	f->table.counters.known[COUNTER_CHAIN_TOO_LONG] = true;
	expect_kinds(f, "");
	f->table.counters.value[COUNTER_CHAIN_TOO_LONG] = 1;
	finding = only(f, "more-buckets");
	expect_part("was", finding->title, "were dropped");
	expect_part("count", finding->evidence, " 1 entry was refused so far.");
	f->table.counters.known[COUNTER_CHAIN_TOO_LONG] = false;
	expect_kinds(f, "");

	f->judgement.verdict = VERDICT_CHAINS;
	f->judgement.chains = (struct chain_limit){0};
	expect_part("old", only(f, "more-buckets")->reason, "long chains make all traffic slow.");
}

static void buckets_as_many_as_max_are_enough(void **state)
{
	struct fixture *f = *state;

	use(f, 20000, 100000, VERDICT_CHAINS);
	f->table.buckets.value = 100352;
	expect_kinds(f, "");
	f->table.buckets.value = 100352 - 512;
	expect_kinds(f, "more-buckets");
	/* The plan has more entries. */
	f->table.buckets.value = 100352;
	configure(f, "[conntrack]\nmax = 100353\nhashsize = 100352\n");
	expect_text("lines", only(f, "more-buckets")->lines,
		    "[conntrack]\nmax = 100353\nhashsize = auto");
	f->table.entries.known = false;
	expect_kinds(f, "");
}

static void larger_max_brings_its_own_buckets(void **state)
{
	struct fixture *f = *state;

	use(f, 90000, 100000, VERDICT_CHAINS);
	f->table.buckets.value = 1024;
	f->table.counters.known[COUNTER_CHAIN_TOO_LONG] = true;
	f->table.counters.value[COUNTER_CHAIN_TOO_LONG] = 5;
	expect_kinds(f, "larger-max");
	expect_part("chains", f->findings.items[0].evidence,
		    " 5 entries were refused because a chain was too long.");
	configure(f, "[conntrack]\nmax = 200000\nhashsize = 200000\n");
	expect_kinds(f, "not-in-force");
	configure(f, "[conntrack]\nmax = 8000\nhashsize = 1000\n");
	expect_kinds(f, "larger-max");
}

static void max_comes_down_where_memory_has_no_room_for_buckets(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding;

	use(f, 1000, 100000, VERDICT_CHAINS);
	f->table.buckets.value = 512;
	f->request.memory_limit = sizes_table_bytes(&f->table.facts, 100000, 100000);
	expect_part("fits", only(f, "more-buckets")->lines, "max = 100000\n");
	f->request.memory_limit--;
	finding = only(f, "more-buckets");
	expect_part("does not", finding->lines, "max = 65536\n");
	expect_part("down", finding->reason, "max is lower, because memory_limit allows");

	/* This holds while the entries in use leave some room. */
	f->request.memory_limit = sizes_table_bytes(&f->table.facts, 4096, 4096);
	use(f, 3276, 100000, VERDICT_CHAINS);
	f->table.buckets.value = 512;
	expect_part("room", only(f, "more-buckets")->lines, "max = 4096\n");
	use(f, 3277, 100000, VERDICT_CHAINS);
	f->table.buckets.value = 512;
	finding = only(f, "more-buckets");
	assert_null(finding->lines);
	expect_part(
		"limit", finding->reason,
		"a chain is longer than a limit (a random number from 50 to 79 for each entry), "
		"the kernel drops the packet without a message, even if the table is far below "
		"max. With as many buckets as max, a full table has one entry in each bucket. "
		"4,096 entries and as many buckets take 1 MiB, less than 0.1 % of the RAM, when "
		"full. The advised max is lower, because memory_limit allows no more with as many "
		"buckets. That is too little for the entries in use: raise memory_limit first.");

	/* No configuration may contain these values. */
	f->request.memory_limit = 0;
	f->table.facts.ram = 0;
	use(f, 3277, 2147483647, VERDICT_CHAINS);
	f->table.buckets.value = 512;
	look(f);
	expect_part("most", f->findings.items[0].lines, "max = 1073739776\n");
	use(f, 20000, 0, VERDICT_CHAINS);
	f->table.buckets.value = 512;
	f->table.facts.ram = 8 * GIB;
	expect_part("no limit", only(f, "more-buckets")->lines, "max = 65536\n");
}

/*
 * One timeout: which entries it counts, the smallest share of 1000 entries, the longest acceptable
 * time, the line.
 */
struct timeout_row {
	uint64_t *count, least;
	struct figure *live;
	uint64_t shortest;
	const char *lines, *title;
};

static void expect_timeout(struct fixture *f, const struct timeout_row *row)
{
	*row->count = row->least;
	*row->live = (struct figure){true, row->shortest + 1};
	expect_kinds(f, "larger-max shorter-timeouts");
	expect_text("lines", f->findings.items[1].lines, row->lines);
	expect_text("title", f->findings.items[1].title, row->title);

	*row->count = row->least - 1;
	expect_kinds(f, "larger-max");
	*row->count = row->least;
	row->live->value = row->shortest;
	expect_kinds(f, "larger-max");
	*row->live = (struct figure){false, row->shortest + 1};
	expect_kinds(f, "larger-max");
	*row->count = 0;
}

static void each_timeout_has_its_threshold(void **state)
{
	struct fixture *f = *state;
	const struct timeout_row rows[] = {
		{&f->contents->by_state[TCP_STATE_TIME_WAIT], 400, &f->table.tcp_time_wait, 30,
		 "[timeouts]\ntcp_time_wait = 30s", "Entries stay too long: TIME_WAIT."},
		{&f->contents->idle, 250, &f->table.tcp_established, 21600,
		 "[timeouts]\ntcp_established = 6h", "Entries stay too long: idle ESTABLISHED."},
		{&f->contents->by_protocol[UDP], 500, &f->table.udp, 10, "[timeouts]\nudp = 10s",
		 "Entries stay too long: short UDP exchanges."},
	};

	fill(f, 1000);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_timeout(f, &rows[i]);
}

/* Advised values must not cause a warning when they are configured. */
static void advised_timeout_outlives_the_keepalive_time(void **state)
{
	struct fixture *f = *state;
	const struct timeout_row row = {&f->contents->idle,
					250,
					&f->table.tcp_established,
					86640,
					"[timeouts]\ntcp_established = 86640s",
					"Entries stay too long: idle ESTABLISHED."};

	fill(f, 1000);
	f->table.facts.keepalive = 86400;
	expect_timeout(f, &row);
}

/* Assured UDP has the timeout udp_stream, all other the timeout udp. */
static void each_udp_entry_counts_for_its_timeout(void **state)
{
	struct fixture *f = *state;
	struct entry_counts *contents = f->contents;
	static const struct {
		uint64_t udp, unreplied, assured, live, live_stream;
		const char *lines; /* NULL: none */
		const char *word;
	} rows[] = {
		{1000, 1000, 0, 30, 120, "[timeouts]\nudp = 10s", "UDP without reply"},
		{1000, 1000, 0, 180, 120, "[timeouts]\nudp = 30s", "UDP without reply"},
		{1000, 1000, 0, 31, 120, "[timeouts]\nudp = 30s", "UDP without reply"},
		{1000, 1000, 0, 10, 120, NULL, NULL},
		{1000, 0, 0, 30, 120, "[timeouts]\nudp = 10s", "short UDP exchanges"},
		{1000, 0, 1000, 30, 120, "[timeouts]\nudp_stream = 60s", "UDP streams"},
		{1000, 0, 1000, 30, 60, NULL, NULL},
		{1000, 501, 499, 30, 120, "[timeouts]\nudp = 10s", "UDP without reply"},
		{1000, 500, 500, 30, 120, "[timeouts]\nudp = 10s\nudp_stream = 60s",
		 "UDP without reply, UDP streams"},
		{998, 499, 499, 30, 120, NULL, NULL},
	};

	fill(f, 1000);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		contents->by_protocol[UDP] = rows[i].udp;
		contents->udp_unreplied = rows[i].unreplied;
		contents->udp_assured = rows[i].assured;
		f->table.udp.value = rows[i].live;
		f->table.udp_stream.value = rows[i].live_stream;
		expect_kinds(f, rows[i].lines ? "larger-max shorter-timeouts" : "larger-max");
		if (!rows[i].lines)
			continue;
		expect_text("lines", f->findings.items[1].lines, rows[i].lines);
		expect_part("title", f->findings.items[1].title, rows[i].word);
	}
}

/* 230,000 of 236,000 entries in SYN_SENT: a larger table would hold more of them. */
static void half_open_connections_need_no_larger_table(void **state)
{
	struct fixture *f = *state;
	struct entry_counts *contents = f->contents;
	const struct finding *finding;

	use(f, 236000, 262144, VERDICT_NEARLY_FULL);
	f->table.contents = contents;
	contents->total = 236000;
	contents->by_state[TCP_STATE_SYN_SENT] = 230000;
	finding = only(f, "half-open");
	expect_text("lines", finding->lines, "[timeouts]\ntcp_syn_sent = 20s");
	expect_text("summary", finding->summary,
		    "tcp_syn_sent 120 s -> 20 s: 97 % of entries are half-open (SYN flood?)");
	expect_text("evidence", finding->evidence,
		    "230,000 of 236,000 entries (97 %) are handshakes without an answer "
		    "(SYN_SENT). tcp_syn_sent is 120 s.");
	expect_part("cure", finding->reason, "SYNPROXY answers handshakes");
	expect_number("urgency", finding->urgency, URGENCY_WARNING);
	contents->tcp.destinations[443] = 230000;
	expect_kinds(f, "half-open untracked");
	contents->tcp.destinations[443] = 0;

	/* The timeouts are short, and there are as many: no line, and no larger table. */
	f->table.tcp_syn_sent.value = 20;
	finding = only(f, "half-open");
	assert_null(finding->lines);
	expect_no_part(finding->reason, "renews");
	f->table.tcp_syn_sent.value = 120;

	use(f, 262144, 262144, VERDICT_FULL);
	contents->by_state[TCP_STATE_SYN_SENT] = 130000;
	contents->by_state[TCP_STATE_SYN_RECV] = 100000;
	finding = only(f, "half-open");
	expect_number("urgency", finding->urgency, URGENCY_CRITICAL);
	expect_text("lines", finding->lines, "[timeouts]\ntcp_syn_sent = 20s\ntcp_syn_recv = 20s");
	f->judgement.verdict = VERDICT_CHAINS;
	f->table.buckets.value = 512;
	expect_kinds(f, "more-buckets half-open");
}

static void half_open_connections_have_thresholds(void **state)
{
	struct fixture *f = *state;
	struct entry_counts *contents = f->contents;

	/* Half of all; the rest has no room in half of max. */
	fill(f, 2000);
	contents->by_state[TCP_STATE_SYN_SENT2] = 999;
	expect_kinds(f, "larger-max");
	contents->by_state[TCP_STATE_SYN_SENT2] = 1000;
	expect_kinds(f, "half-open");
	contents->total = 2002;
	contents->by_state[TCP_STATE_SYN_SENT2] = 1001;
	expect_kinds(f, "half-open larger-max");

	/* Without pressure the finding begins at half of max, or at ten thousand entries. */
	contents->total = contents->by_state[TCP_STATE_SYN_RECV] = 1000;
	contents->by_state[TCP_STATE_SYN_SENT2] = 0;
	use(f, 999, 2000, VERDICT_FINE);
	expect_kinds(f, "");
	use(f, 1000, 2000, VERDICT_FINE);
	expect_kinds(f, "half-open");
	contents->total = contents->by_state[TCP_STATE_SYN_RECV] = 9999;
	use(f, 9999, 262144, VERDICT_FINE);
	expect_kinds(f, "");
	contents->total = contents->by_state[TCP_STATE_SYN_RECV] = 10000;
	expect_kinds(f, "half-open");

	/* Only the more important of the two timeouts is shortened. */
	contents->by_state[TCP_STATE_SYN_SENT] = 999;
	expect_text("one", only(f, "half-open")->lines, "[timeouts]\ntcp_syn_recv = 20s");
	contents->by_state[TCP_STATE_SYN_SENT] = 1000;
	expect_part("both", only(f, "half-open")->lines, "tcp_syn_sent = 20s\ntcp_syn_recv");

	configure(f, "[conntrack]\nmax = 262144\n[timeouts]\ntcp_syn_sent = 20\n"
		     "tcp_syn_recv = 5\n");
	expect_kinds(f, "not-in-force half-open");
	assert_null(f->findings.items[1].lines);
}

static void several_timeouts_are_one_finding(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding = &f->findings.items[1];

	fill(f, 1000);
	f->contents->by_protocol[TCP] = f->contents->by_protocol[UDP] = 500;
	f->contents->udp_unreplied = 500;
	f->contents->by_state[TCP_STATE_TIME_WAIT] = 400;
	f->contents->idle = 250;
	f->table.udp.value = 60;
	expect_kinds(f, "larger-max shorter-timeouts");
	expect_text("title", finding->title,
		    "Entries stay too long: TIME_WAIT, idle ESTABLISHED, UDP without reply.");
	expect_text(
		"evidence", finding->evidence,
		"400 of 1,000 entries (40 %) are closed connections (TIME_WAIT). tcp_time_wait is "
		"120 s. 250 of 1,000 entries (25 %) are established connections that were idle "
		"for more than 6 h. tcp_established is 432,000 s. 500 of 1,000 entries (50 %) are "
		"UDP without a reply, or with a short exchange. udp is 60 s.");
	expect_text("lines", finding->lines,
		    "[timeouts]\ntcp_time_wait = 30s\ntcp_established = 6h\nudp = 30s");
	expect_part("breaks", finding->reason,
		    "as a new connection or as invalid. Connections without keepalive that are "
		    "idle for more than 6 h break, because NAT forgets them and stateful rules "
		    "drop them. Examples are ssh and databases.");
	expect_part(
		"breaks", finding->reason,
		"A packet that comes after 30 s counts as a new connection or as invalid. "
		"Connections without keepalive that are idle for more than 6 h break, because NAT "
		"forgets them and stateful rules drop them. Examples are ssh and databases. A "
		"program that uses keepalive sends a probe every 2 h by default, which is often "
		"enough. Stateful rules drop a reply that comes later than the timeout");
}

static void timeouts_stay_while_there_is_room(void **state)
{
	struct fixture *f = *state;

	fill(f, 1000);
	f->contents->by_state[TCP_STATE_TIME_WAIT] = 1000;
	use(f, 800, 1000, VERDICT_FINE);
	expect_kinds(f, "");
	use(f, 801, 1000, VERDICT_FINE);
	expect_kinds(f, "larger-max shorter-timeouts");
	f->table.contents = NULL;
	expect_kinds(f, "larger-max");
	f->table.contents = f->contents;
	f->contents->total = f->contents->by_state[TCP_STATE_TIME_WAIT] = 0;
	expect_kinds(f, "larger-max");
}

static void one_service_that_fills_the_table_is_named(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding;

	fill(f, 2000);
	f->contents->udp.destinations[53] = 1200;
	f->contents->tcp.destinations[53] = 700;
	f->contents->udp.destinations[0] = 2000;
	expect_kinds(f, "larger-max untracked");
	finding = &f->findings.items[1];
	expect_text("title", finding->title, "Most entries belong to one service: udp port 53.");
	expect_text("evidence", finding->evidence,
		    "1,200 of 2,000 entries (60 %) go to udp port 53.");
	expect_text("summary", finding->summary,
		    "60 % of the entries go to udp port 53: must it be tracked?");
	expect_part("nft", finding->rules,
		    "\tchain output {\n\t\ttype filter hook output priority raw;\n"
		    "\t\tudp dport 53 notrack\n\t\tudp sport 53 notrack\n\t}\n}");
	assert_null(finding->lines);
	assert_null(finding->command);
	f->contents->udp.destinations[53]--;
	expect_kinds(f, "larger-max");

	f->contents->tcp.destinations[65535] = 1300;
	expect_kinds(f, "larger-max untracked");
	expect_part("tcp", f->findings.items[1].title, "tcp port 65535.");
	f->contents->udp.destinations[53] = 0;
	f->contents->total = f->contents->tcp.destinations[65535] = 999;
	expect_kinds(f, "larger-max");
	f->contents->total = f->contents->tcp.destinations[65535] = 1000;
	expect_kinds(f, "larger-max untracked");
}

static void answers_without_their_questions_are_half_a_pair(void **state)
{
	struct fixture *f = *state;
	struct port_counts *udp = &f->contents->udp;
	const struct finding *finding;

	/* This also holds in a table that is far from full. */
	use(f, 2000, 100000, VERDICT_FINE);
	f->table.contents = f->contents;
	f->contents->total = 2000;
	udp->sources[53] = 1200;
	udp->unreplied[53] = 1140;
	finding = only(f, "half-notrack");
	expect_text("summary", finding->summary,
		    "half a notrack pair? 60 % of entries are from udp port 53, no reply");
	expect_text("evidence", finding->evidence,
		    "1,200 of 2,000 entries (60 %) come from udp port 53, and 1,140 of these have "
		    "no reply.");
	expect_part("rules", finding->rules, "\t\tudp sport 53 notrack\n");
	expect_number("urgency", finding->urgency, URGENCY_WARNING);
	assert_null(finding->lines);

	udp->unreplied[53]--;
	expect_kinds(f, "");
	udp->unreplied[53] = udp->sources[53] = 1199;
	expect_kinds(f, "");
	udp->unreplied[53] = udp->sources[53] = 1900;
	f->contents->total = 1000000;
	expect_kinds(f, "");

	/* A full table needs the rule, and no larger max. */
	fill(f, 2000);
	finding = only(f, "half-notrack");
	expect_number("urgency", finding->urgency, URGENCY_CRITICAL);

	f->contents->total = 100;
	udp->unreplied[53] = udp->sources[53] = 100;
	expect_kinds(f, "half-notrack");
	udp->unreplied[53] = udp->sources[53] = 99;
	expect_kinds(f, "larger-max");
	f->contents->total = 2000;
	udp->unreplied[53] = udp->sources[53] = 1900;

	/* All to one port as well: questions that nobody answers. */
	udp->destinations[53] = 1900;
	expect_kinds(f, "larger-max untracked");
	expect_part("destination", f->findings.items[1].title, "one service: udp port 53.");
	udp->destinations[53] = 0;

	/* Answered: a source like any other. */
	udp->unreplied[53] = 0;
	expect_kinds(f, "larger-max untracked");
	expect_text("source", f->findings.items[1].title,
		    "Most entries come from one port: udp port 53.");

	/* Unanswered handshakes are reported as such. */
	f->contents->tcp.sources[80] = f->contents->tcp.unreplied[80] = 2000;
	f->contents->by_state[TCP_STATE_SYN_SENT] = 2000;
	expect_kinds(f, "half-open untracked");
}

/* 812 entries in a table for millions. */
static void empty_giant_may_be_smaller(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding;

	f->table.namespaces_known = true;
	f->table.facts.ram = 4 * GIB;
	f->request.memory_limit = 2 * GIB;
	use(f, 812, 4194304, VERDICT_FINE);
	finding = only(f, "smaller-table");
	expect_text("summary", finding->summary,
		    "max 4,194,304 -> 262,144: the table is far larger than it needs");
	expect_text("lines", finding->lines, "[conntrack]\nmax = 262144\nhashsize = auto");
	expect_part("buckets", finding->reason,
		    "The buckets take 32 MiB even if the table is empty, and");
	expect_number("urgency", finding->urgency, URGENCY_NOTE);

	/* 16 times the entries of all namespaces. */
	f->table.entries.value = 16385;
	expect_part("more", only(f, "smaller-table")->lines, "max = 524288\n");
	f->table.entries.value = 65537;
	expect_kinds(f, "");
	f->table.entries.value = 812;

	/* Only max is advised, because the buckets are enough. */
	f->table.buckets.value = 262144;
	finding = only(f, "smaller-table");
	expect_text("lines", finding->lines, "[conntrack]\nmax = 262144\nhashsize = 262144");
	expect_part("max", finding->reason, "table would take 1 GiB");
	f->table.max.value = 4194303;
	expect_kinds(f, "");
	f->request.memory_limit = 512 * MIB;
	expect_kinds(f, "smaller-table");
	/* The buckets alone. */
	use(f, 812, 262144, VERDICT_FINE);
	f->table.buckets.value = 1048576;
	expect_text("summary", only(f, "smaller-table")->summary,
		    "hashsize 1,048,576 -> 262,144: the table is far larger than it needs");
	f->table.buckets.value = 1048064;
	expect_kinds(f, "");
}

static void large_table_stays_where_something_speaks_for_it(void **state)
{
	struct fixture *f = *state;
	char blue[] = "namespace blue";
	struct namespace_table namespaces[] = {{.where = blue, .entries = {true, 70000}}};

	use(f, 812, 4194304, VERDICT_FINE);
	expect_kinds(f, ""); /* other namespaces are not known */
	f->table.namespaces_known = true;
	expect_kinds(f, "smaller-table");
	f->table.namespaces = namespaces;
	f->table.namespace_count = 1;
	expect_kinds(f, "");
	f->table.namespace_count = 0;
	f->judgement.dropped = 1;
	expect_kinds(f, "");
	f->judgement.dropped = 0;
	f->table.messages.count = 1;
	expect_kinds(f, "");
	f->table.messages.count = 0;
	f->table.foreign_max = true;
	expect_kinds(f, "");
	f->table.foreign_max = false;
	f->request.keeps_larger = true;
	expect_kinds(f, "");
	f->request.keeps_larger = false;
	f->table.entries.known = false;
	expect_kinds(f, "");
	f->table.entries.known = true;
	/* The max that auto chooses is not too large for its host. */
	use(f, 812, sizes_auto_max(&f->table.facts, UINT64_MAX), VERDICT_FINE);
	expect_kinds(f, "");
	f->table.facts.ram = 512 * GIB;
	use(f, 812, sizes_auto_max(&f->table.facts, UINT64_MAX), VERDICT_FINE);
	expect_kinds(f, "");
}

static void service_is_named_from_half_of_max_on(void **state)
{
	struct fixture *f = *state;

	fill(f, 1000);
	f->contents->tcp.destinations[443] = 1000;
	use(f, 1000, 2000, VERDICT_FINE);
	expect_kinds(f, "untracked");
	expect_no_part(f->findings.items[0].reason, "Memory does not allow");
	use(f, 999, 2000, VERDICT_FINE);
	expect_kinds(f, "");
	use(f, 1000, 2000, VERDICT_FINE);
	f->judgement.share.known = false;
	expect_kinds(f, "");
}

static void disabling_needs_proof_that_nobody_uses_it(void **state)
{
	struct fixture *f = *state;
	char blue[] = "namespace blue";
	struct namespace_table namespaces[] = {{.where = blue, .entries = {true, 0}}};
	const struct finding *finding;

	f->request.uses_known = f->table.namespaces_known = true;
	f->table.entries.value = 0;
	finding = only(f, "disable");
	expect_part("entries", finding->evidence, "and no entry is in the table.");
	expect_text("lines", finding->lines, "[conntrack]\nmode = disable");
	expect_number("urgency", finding->urgency, URGENCY_NOTE);

	/* Entries are a use, wherever they are, and so is what cannot be counted. */
	f->table.entries.value = 1;
	expect_kinds(f, "");
	f->table.entries = (struct figure){false, 0};
	expect_kinds(f, "");
	f->table.entries.known = true;
	f->table.namespaces = namespaces;
	f->table.namespace_count = 1;
	expect_kinds(f, "disable");
	namespaces[0].entries.value = 1;
	expect_kinds(f, "");
	namespaces[0].entries.value = 0;
	namespaces[0].error = -EACCES;
	expect_kinds(f, "");
	f->table.namespace_count = 0;
	f->table.namespaces_known = false;
	expect_kinds(f, "");
	f->table.namespaces_known = true;

	f->request.likely = 1;
	expect_kinds(f, "");
	f->request.likely = 0;
	f->request.certain = 1;
	expect_kinds(f, "");
	f->request.certain = 0;
	f->request.uses_known = false;
	expect_kinds(f, "");
	f->request.uses_known = true;
	f->table.module = MODULE_BUILT_IN;
	expect_kinds(f, "");
	f->table.module = MODULE_LIVE;

	/* A table that is or was full is used. */
	f->table.messages = (struct full_messages){.known = true, .count = 1};
	use(f, 0, 2048, VERDICT_WAS_FULL);
	expect_kinds(f, "larger-max");
	use(f, 2048, 2048, VERDICT_FULL);
	expect_kinds(f, "larger-max");
	/*
	 * For a large table that nothing uses, advise proposes mode = disable and not a smaller
	 * table.
	 */
	f->table.messages.count = 0;
	use(f, 0, 4194304, VERDICT_UNUSED);
	expect_kinds(f, "disable");
}

static void module_that_shall_not_be_there_is_told_first(void **state)
{
	struct fixture *f = *state;
	const struct finding *finding;

	configure(f, "[conntrack]\nmode = disable\n");
	use(f, 2048, 2048, VERDICT_FULL);
	f->request.uses_known = true;
	finding = only(f, "not-in-force");
	expect_text("title", finding->title,
		    "mode = disable is configured, but nf_conntrack is loaded.");
	expect_text("evidence", finding->evidence, "nf_conntrack is loaded, with 2,048 entries.");
	expect_part("way out", finding->reason, "\"conntrack-persist unload\" removes it");
	expect_text("command", finding->command, "conntrack-persist check");
	f->table.module = MODULE_BUILT_IN;
	f->table.entries.known = false;
	finding = only(f, "not-in-force");
	expect_text("evidence", finding->evidence, "nf_conntrack is built into the kernel.");
	expect_part("built in", finding->reason, "a kernel that has it built in. With mode");
}

static void at_most_three_are_given_the_most_urgent_first(void **state)
{
	struct fixture *f = *state;

	fill(f, 2000);
	f->table.buckets.value = 512;
	f->judgement.verdict = VERDICT_CHAINS;
	f->contents->by_state[TCP_STATE_TIME_WAIT] = 2000;
	f->contents->tcp.destinations[80] = 2000;
	expect_kinds(f, "larger-max shorter-timeouts untracked");
	configure(f, "[conntrack]\nmax = 4000\nhashsize = 512\n");
	expect_kinds(f, "more-buckets not-in-force shorter-timeouts");
}

/*
 * Sections once, keys once, in the order of the schema; what the drop-in has stays unless it is
 * advised.
 */
static void lines_of_all_findings_are_one_file(void **state)
{
	struct fixture *f = *state;
	struct buffer CLEANUP(buffer_clear) ini = {0}, merged = {0}, none = {0};
	struct problems CLEANUP(problems_done) problems = {0};

	findings_add_ini(&f->findings, NULL, &none);
	assert_null(none.data);
	fill(f, 2000);
	f->contents->by_state[TCP_STATE_TIME_WAIT] = 1000;
	f->contents->udp_unreplied = f->contents->by_protocol[UDP] = 1000;
	expect_kinds(f, "larger-max shorter-timeouts");
	findings_add_ini(&f->findings, NULL, &ini);
	expect_text("file", ini.data,
		    "[conntrack]\nmax = 8192\nhashsize = auto\n"
		    "[timeouts]\ntcp_time_wait = 30s\nudp = 10s\n");
	expect_number("max", read_lines(f, ini.data), 8192);

	assert_int_equal(config_read(&f->config, "50-advise.conf",
				     BYTES("[timeouts]\nudp = 20s\nicmp = 2m\ngeneric = 20s\n"
					   "[conntrack]\nmemory_limit = 30%\nmax = auto\n"),
				     &problems),
			 0);
	expect_no_problem("configuration", &problems);
	findings_add_ini(&f->findings, &f->config, &merged);
	expect_text("file", merged.data,
		    "[conntrack]\nmax = 8192\nhashsize = auto\nmemory_limit = 30%\n"
		    "[timeouts]\ngeneric = 20s\ntcp_time_wait = 30s\nudp = 10s\nicmp = 2m\n");
}

/* look() has every line read by the program's own reader, whatever the figures are. */
static void all_lines_are_valid(void **state)
{
	struct fixture *f = *state;
	static const uint64_t maxima[] = {1,	   511,	    2000,      65536,	  262144,
					  1048576, 4194304, 100000000, 2147483647};
	static const uint64_t memory[] = {256 * MIB, 1000 * MIB, 4 * GIB, 512 * GIB};
	size_t given = 0;

	fill(f, 2000);
	f->contents->by_state[TCP_STATE_TIME_WAIT] = f->contents->by_protocol[UDP] = 1000;
	f->contents->idle = 500;
	for (unsigned int i = 0; i < 4 * ARRAY_SIZE(maxima) * ARRAY_SIZE(memory) * VERDICT_FINE;
	     i++) {
		unsigned int rest = i / 4;
		enum verdict verdict = (enum verdict)(rest % VERDICT_FINE);
		uint64_t max = maxima[rest / VERDICT_FINE % ARRAY_SIZE(maxima)];

		f->table.facts.ram = memory[rest / VERDICT_FINE / ARRAY_SIZE(maxima)];
		f->table.facts.release[0] = i % 2 ? 5 : 6;
		use(f, verdict == VERDICT_FULL ? max : max / 10 * 9, max, verdict);
		f->table.buckets.value = i % 4 < 2 ? 512 : sizes_round_buckets(max, 4096, 8);
		f->table.messages = (struct full_messages){.known = true, .count = 1};
		look(f);
		given += f->findings.count;
	}
	assert_true(given > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(nothing_to_say_is_an_answer),
		TEST(nothing_is_said_of_a_module_that_is_not_there),
		TEST(the_largest_holder_is_named),
		TEST(full_table_gets_four_times_as_much),
		TEST(max_covers_the_peak_with_room),
		TEST(nearly_full_table_is_not_emptied),
		TEST(memory_bounds_the_larger_max),
		TEST(limit_of_the_defaults_holds_where_none_is_known),
		TEST(no_room_is_said_with_what_else_helps),
		TEST(largest_table_is_not_made_larger),
		TEST(table_that_was_full_needs_a_message),
		TEST(ages_are_told_in_their_unit),
		TEST(fullest_namespace_counts),
		TEST(messages_of_other_namespaces_say_nothing_of_our_entries),
		TEST(container_is_told_where_sizes_are_set),
		TEST(configured_max_is_brought_into_force_first),
		TEST(configured_buckets_are_brought_into_force_first),
		TEST(configured_timeouts_are_brought_into_force_first),
		TEST(too_few_buckets_are_found_in_three_ways),
		TEST(buckets_as_many_as_max_are_enough),
		TEST(larger_max_brings_its_own_buckets),
		TEST(max_comes_down_where_memory_has_no_room_for_buckets),
		TEST(each_timeout_has_its_threshold),
		TEST(advised_timeout_outlives_the_keepalive_time),
		TEST(each_udp_entry_counts_for_its_timeout),
		TEST(half_open_connections_need_no_larger_table),
		TEST(half_open_connections_have_thresholds),
		TEST(several_timeouts_are_one_finding),
		TEST(timeouts_stay_while_there_is_room),
		TEST(one_service_that_fills_the_table_is_named),
		TEST(answers_without_their_questions_are_half_a_pair),
		TEST(empty_giant_may_be_smaller),
		TEST(large_table_stays_where_something_speaks_for_it),
		TEST(service_is_named_from_half_of_max_on),
		TEST(disabling_needs_proof_that_nobody_uses_it),
		TEST(module_that_shall_not_be_there_is_told_first),
		TEST(at_most_three_are_given_the_most_urgent_first),
		TEST(lines_of_all_findings_are_one_file),
		TEST(all_lines_are_valid),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
