/*
 * model/render-table: whole screens, the width of every line, what goes first, the verdict in
 * words, rates.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "model/render/render-table.h"
#include "table-fixtures.h"

struct screen_row {
	const char *fixture;
	int looks; /* -1: of one look */
	struct screen_style style;
	const char *file;
};

static void make(const char *name, unsigned int looks, struct fixture *ret)
{
	if (fixture_make(name, looks, ret) < 0)
		fail_msg("no fixture %s", name);
}

static void draw(const struct screen_row *row, struct buffer *b)
{
	struct fixture CLEANUP(fixture_done) fixture = {0};
	struct history history;

	make(row->fixture, row->looks < 0 ? 0 : (unsigned int)row->looks, &fixture);
	assert_int_equal(fixture_history(row->fixture,
					 row->looks < 0 ? 0 : (unsigned int)row->looks, &history),
			 0);
	render_table(&fixture.table, &fixture.judgement, row->looks < 0 ? NULL : &history,
		     &row->style, b);
	assert_int_equal(b->error, 0);
	assert_non_null(b->data);
}

static void read_golden(const char *file, struct buffer *b)
{
	const char *srcdir = getenv("srcdir");
	char path[512], bytes[8192];
	FILE *stream;

	(void)snprintf(path, sizeof(path), "%s/tests/unit/data/screens/%s.txt",
		       srcdir ? srcdir : ".", file);
	stream = fopen(path, "r");
	if (!stream)
		fail_msg("%s: %s", path, strerror(errno));
	buffer_add_bytes(b, bytes, fread(bytes, 1, sizeof(bytes), stream));
	(void)fclose(stream);
}

static void screens_are_as_they_were_judged(void **state)
{
	static const struct screen_row rows[] = {
#define SCREEN(name) \
	{name, -1, {.columns = 80}, name "-80"}, {name, -1, {.columns = 40}, name "-40"}
		SCREEN("fine"),
		SCREEN("full"),
		SCREEN("chains"),
		SCREEN("was-full"),
		SCREEN("not-loaded"),
		SCREEN("user"),
		SCREEN("old"),
		SCREEN("container"),
		SCREEN("unlimited"),
		SCREEN("hostile"),
		{"filling", 30, {.columns = 80}, "filling-80"},
		{"filling", 30, {.columns = 40}, "filling-40"},
		{"filling", 30, {.columns = 80, .utf8 = true}, "filling-80-utf8"},
		{"filling", 30, {.columns = 80, .lines = 8}, "filling-80-8"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) drawn = {0};
		struct buffer CLEANUP(buffer_clear) golden = {0};

		draw(&rows[i], &drawn);
		read_golden(rows[i].file, &golden);
		expect_text(rows[i].file, drawn.data, golden.data);
	}
}

/* Cells: characters of UTF-8, none of them wide. */
static size_t count_cells(const char *line, size_t length)
{
	size_t cells = 0;

	for (size_t i = 0; i < length; i++)
		cells += ((unsigned char)line[i] & 0xc0) != 0x80;
	return cells;
}

static size_t expect_narrow(const struct screen_row *row, const char *text)
{
	size_t lines = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");

		if (text[length] != '\n')
			fail_msg("%s: the last line has no end", row->fixture);
		if (count_cells(text, length) > row->style.columns)
			fail_msg("%s at %u columns: %.*s", row->fixture, row->style.columns,
				 (int)length, text);
		text += length + 1;
		lines++;
	}
	return lines;
}

static void no_line_is_wider_than_the_terminal(void **state)
{
	(void)state;
	for (size_t i = 0; fixture_name(i); i++)
		for (unsigned int columns = 40; columns <= 120; columns++)
			for (int k = 0; k < 2; k++) {
				struct buffer CLEANUP(buffer_clear) drawn = {0};
				struct screen_row row = {fixture_name(i),
							 3,
							 {.columns = columns, .utf8 = k == 1},
							 NULL};

				draw(&row, &drawn);
				(void)expect_narrow(&row, drawn.data);
			}
}

static void a_usual_terminal_takes_the_screen(void **state)
{
	(void)state;
	for (size_t i = 0; fixture_name(i); i++) {
		struct buffer CLEANUP(buffer_clear) drawn = {0};
		struct screen_row row = {fixture_name(i), 3, {.columns = 80}, NULL};
		size_t lines;

		if (strcmp(row.fixture, "hostile") == 0)
			continue;
		draw(&row, &drawn);
		lines = expect_narrow(&row, drawn.data);
		/* One line stays free for the prompt. */
		if (lines > 23)
			fail_msg("%s: %zu lines", row.fixture, lines);
	}
}

static void few_lines_keep_what_matters(void **state)
{
	(void)state;
	for (size_t i = 0; fixture_name(i); i++)
		for (unsigned int lines = 1; lines <= 40; lines++) {
			struct buffer CLEANUP(buffer_clear) drawn = {0};
			struct buffer CLEANUP(buffer_clear) verdict = {0};
			struct fixture CLEANUP(fixture_done) fixture = {0};
			struct screen_row row = {
				fixture_name(i), 3, {.columns = 80, .lines = lines}, NULL};
			char start[32];

			draw(&row, &drawn);
			if (expect_narrow(&row, drawn.data) > lines)
				fail_msg("%s: more than %u lines:\n%s", row.fixture, lines,
					 drawn.data);
			make(row.fixture, 3, &fixture);
			render_verdict(&fixture.table, &fixture.judgement, &verdict);
			(void)snprintf(start, sizeof(start), "verdict     %.18s", verdict.data);
			expect_part(row.fixture, drawn.data, start);
			if (lines >= 8 && fixture.judgement.share.known)
				expect_part(row.fixture, drawn.data, "entries     [");
			if (lines >= 8 && fixture.table.counters.known[COUNTER_DROP])
				expect_part(row.fixture, drawn.data, "dropped     ");
		}
}

static void nothing_but_our_own_colors_gets_to_the_terminal(void **state)
{
	(void)state;
	for (size_t i = 0; fixture_name(i); i++)
		for (int color = 0; color < 2; color++) {
			struct buffer CLEANUP(buffer_clear) drawn = {0};
			struct screen_row row = {
				fixture_name(i), 3, {.columns = 80, .color = color == 1}, NULL};

			draw(&row, &drawn);
			for (char *c = drawn.data; *c; c++) {
				if (color == 1 && strncmp(c, "\033[0m", 4) == 0)
					c += 3;
				else if (color == 1 && strncmp(c, "\033[3", 3) == 0 &&
					 strchr("123", c[3]) && c[4] == 'm')
					c += 4;
				else if (*c != '\n' && (*c < ' ' || *c > '~'))
					fail_msg("%s: byte %02x", row.fixture, (unsigned char)*c);
			}
		}
}

static void the_color_follows_the_share(void **state)
{
	static const struct {
		uint64_t entries;
		const char *color;
	} rows[] = {
		{0, "\033[32m[-"},     {79999, "\033[32m[#"}, {80000, "\033[33m[#"},
		{94999, "\033[33m[#"}, {95000, "\033[31m[#"}, {100000, "\033[31m[#"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) drawn = {0};
		struct table table = {.module = MODULE_LIVE,
				      .entries = {true, rows[i].entries},
				      .max = {true, 100000}};
		struct judgement judgement = {.verdict = VERDICT_FINE,
					      .share = {true, rows[i].entries / 100}};

		render_table(&table, &judgement, NULL,
			     &(struct screen_style){.columns = 80, .color = true}, &drawn);
		expect_part("entries", drawn.data, rows[i].color);
	}
}

/* The bar is of the entries alone. Buckets are shown if chains are the problem. */
static void the_buckets_have_the_color_of_long_chains(void **state)
{
	static const struct {
		enum verdict verdict;
		const char *line;
	} rows[] = {
		{VERDICT_CHAINS, "buckets     \033[31m1,024"},
		{VERDICT_NEARLY_CHAINS, "buckets     \033[33m1,024"},
		{VERDICT_FULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) drawn = {0};
		const struct table table = {.module = MODULE_LIVE, .buckets = {true, 1024}};
		const struct judgement judgement = {.verdict = rows[i].verdict};

		render_table(&table, &judgement, NULL,
			     &(struct screen_style){.columns = 80, .color = true}, &drawn);
		if (rows[i].line)
			expect_part("buckets", drawn.data, rows[i].line);
		else
			assert_null(strstr(drawn.data, "buckets "));
	}
}

/* A cell for each eighth, and never all of it before it is full. */
static void the_bar_tells_eighths(void **state)
{
	static const struct {
		uint64_t share;
		bool utf8;
		const char *bar;
	} rows[] = {
		{0, false, "[--------------------------]\n"},
		{1, false, "[#-------------------------]\n"},
		{500, false, "[#############-------------]\n"},
		{999, false, "[#########################-]\n"},
		{1000, false, "[##########################]\n"},
		{5000, false, "[##########################]\n"},
		{1, true, "[\xe2\x96\x8f                         ]\n"},
		{20, true, "[\xe2\x96\x8c                         ]\n"},
		{40, true, "[\xe2\x96\x88                         ]\n"},
		{60, true, "[\xe2\x96\x88\xe2\x96\x8c                        ]\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) drawn = {0};
		struct table table = {
			.module = MODULE_LIVE, .entries = {true, 1}, .max = {true, 100000}};
		struct judgement judgement = {.verdict = VERDICT_FINE,
					      .share = {true, rows[i].share}};

		render_table(&table, &judgement, NULL,
			     &(struct screen_style){.columns = 40, .utf8 = rows[i].utf8}, &drawn);
		expect_part("bar", drawn.data, rows[i].bar);
	}
}

/* A percent of a thousand entries is ten. */
static void states_below_one_percent_are_others(void **state)
{
	static const struct {
		uint64_t established, time_wait, syn_sent, close;
		const char *words;
	} rows[] = {
		{900, 91, 5, 4, "ESTABLISHED 900, TIME_WAIT 91, others 9\n"},
		{900, 80, 10, 10, "ESTABLISHED 900, TIME_WAIT 80, "},
		{900, 95, 5, 0, "ESTABLISHED 900, TIME_WAIT 95, SYN_SENT 5\n"},
		{991, 0, 9, 0, "ESTABLISHED 991, SYN_SENT 9\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) drawn = {0};
		struct entry_counts *CLEANUP(free_pointer) counts = NULL;
		struct table table = {
			.module = MODULE_LIVE, .entries = {true, 1000}, .max = {true, 100000}};
		const struct judgement judgement = {.verdict = VERDICT_FINE};

		assert_int_equal(entry_counts_new(&counts), 0);
		table.contents = counts;
		counts->total = 1000;
		counts->by_protocol[IPPROTO_TCP] = 1000;
		counts->by_state[TCP_STATE_ESTABLISHED] = rows[i].established;
		counts->by_state[TCP_STATE_TIME_WAIT] = rows[i].time_wait;
		counts->by_state[TCP_STATE_SYN_SENT] = rows[i].syn_sent;
		counts->by_state[TCP_STATE_CLOSE] = rows[i].close;
		render_table(&table, &judgement, NULL, &(struct screen_style){.columns = 100},
			     &drawn);
		expect_part(rows[i].words, drawn.data, rows[i].words);
	}
}

static void each_verdict_says_what_to_do_next(void **state)
{
	static const struct {
		enum verdict verdict;
		const char *words;
	} rows[] = {
		{VERDICT_NOT_LOADED,
		 "nf_conntrack is not loaded: nothing is tracked and nothing can be full."},
		{VERDICT_UNKNOWN,
		 "nf_conntrack is not loaded, and how full its table is cannot be seen here."},
		{VERDICT_FULL, "Full: new connections are dropped. Next: conntrack-persist advise"},
		{VERDICT_CHAINS,
		 "Full, far from max: chains are too long for 1,024 buckets. New connections are "
		 "dropped, and no message says so. Next: conntrack-persist advise"},
		{VERDICT_NEARLY_FULL,
		 "Nearly full: room for 10 more entries. Next: conntrack-persist advise"},
		{VERDICT_NEARLY_CHAINS,
		 "Nearly full, far from max: chains may be too long from 25,600 entries on. Next: "
		 "conntrack-persist advise"},
		{VERDICT_WAS_FULL,
		 "Not full now, but it was, or chains were too long. Next: conntrack-persist "
		 "advise"},
		{VERDICT_DIFFERS, "Fine, but not as configured. Next: conntrack-persist check"},
		{VERDICT_UNUSED,
		 "Nothing is tracked in any network namespace. Next: conntrack-persist users"},
		{VERDICT_UNSURE,
		 "Not full here: room for 10 more entries. Other network namespaces could not be "
		 "looked at and may be full."},
		{VERDICT_FINE, "Fine: room for 10 more entries."},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) words = {0};
		struct table table = {
			.entries = {true, 90}, .max = {true, 100}, .buckets = {true, 1024}};
		struct judgement judgement = {.verdict = rows[i].verdict,
					      .chain_entries = {true, 25600}};

		table.counters.known[COUNTER_CHAIN_TOO_LONG] = true;
		table.counters.value[COUNTER_CHAIN_TOO_LONG] = 1;
		render_verdict(&table, &judgement, &words);
		expect_text("verdict", words.data, rows[i].words);
	}
}

static void a_verdict_on_another_namespace_names_it(void **state)
{
	char where[] = "namespace of postgres (4711)";
	const struct namespace_table other = {.where = where, .entries = {true, 1234567}};
	const struct table table = {.max = {true, 1234567}, .entries = {true, 1}};
	struct judgement judgement = {.verdict = VERDICT_FULL, .elsewhere = &other};
	struct buffer CLEANUP(buffer_clear) full = {0}, nearly = {0}, differs = {0};

	(void)state;
	render_verdict(&table, &judgement, &full);
	expect_text("full", full.data,
		    "Full: namespace of postgres (4711) has 1,234,567 of 1,234,567 entries, and "
		    "its new connections are dropped. Next: conntrack-persist advise");
	judgement.verdict = VERDICT_NEARLY_FULL;
	render_verdict(&table, &judgement, &nearly);
	expect_text("nearly", nearly.data,
		    "Nearly full: namespace of postgres (4711) has 1,234,567 of 1,234,567 "
		    "entries. Next: conntrack-persist advise");
	judgement = (struct judgement){.verdict = VERDICT_DIFFERS, .unsure = true, .unseen = 1200};
	render_verdict(&table, &judgement, &differs);
	expect_text("differs", differs.data,
		    "Not full here, but not as configured. 1,200 other network namespaces could "
		    "not be looked at and may be full. Next: conntrack-persist check");
}

static void a_single_message_of_another_namespace_is_told(void **state)
{
	struct table table = {.module = MODULE_LIVE,
			      .entries = {true, 1},
			      .max = {true, 100},
			      .messages = {.known = true, .since_boot = true, .count = 1}};
	const struct judgement judgement = {.verdict = VERDICT_FINE};
	const struct screen_style style = {.columns = 120};
	struct buffer CLEANUP(buffer_clear) without = {0}, with = {0};

	(void)state;
	render_table(&table, &judgement, NULL, &style, &without);
	assert_null(strstr(without.data, "of another network namespace"));
	expect_part("one", without.data, "\"table full\" once, ");
	table.messages.namespaces = 1;
	render_table(&table, &judgement, NULL, &style, &with);
	expect_part("one", with.data, "; 1 of another network namespace");
}

static void a_namespace_that_cannot_be_seen_is_told_why(void **state)
{
	char where[] = "namespace blue";
	struct namespace_table blue = {.where = where, .error = -EACCES};
	const struct table table = {.module = MODULE_LIVE,
				    .entries = {true, 1},
				    .max = {true, 100},
				    .namespaces = &blue,
				    .namespace_count = 1};
	const struct judgement judgement = {.verdict = VERDICT_FINE};
	struct buffer CLEANUP(buffer_clear) drawn = {0};

	(void)state;
	render_table(&table, &judgement, NULL, &(struct screen_style){.columns = 80}, &drawn);
	expect_part("namespaces", drawn.data, " 1 other: blue (Permission denied)\n");
}

static void entries_that_cannot_be_listed_are_told_why(void **state)
{
	static const struct {
		int error;
		const char *why;
	} rows[] = {
		{-ENOENT, "for them: modprobe nf_conntrack_netlink"},
		{-EFBIG, "too many for the kernel's file"},
		{-ELIBACC, "libmnl is not installed, or cannot be used"},
		{-ELIBBAD, "libmnl is not installed, or cannot be used"},
		{-EIO, "Input/output error"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct table table = {.module = MODULE_LIVE, .contents_error = rows[i].error};
		const struct judgement judgement = {.verdict = VERDICT_FINE};
		struct buffer CLEANUP(buffer_clear) drawn = {0};

		render_table(&table, &judgement, NULL, &(struct screen_style){.columns = 200},
			     &drawn);
		expect_part("why", drawn.data, rows[i].why);
	}
}

/* They are only counted where it is known from which time on one is idle. */
static void idle_entries_that_were_not_counted_are_not_told(void **state)
{
	const struct screen_style style = {.columns = 80};
	struct buffer CLEANUP(buffer_clear) counted = {0}, without = {0};
	struct fixture CLEANUP(fixture_done) fixture = {0};

	(void)state;
	make("fine", 0, &fixture);
	render_table(&fixture.table, &fixture.judgement, NULL, &style, &counted);
	expect_part("counted", counted.data, "\nidle        13,852 ESTABLISHED");
	fixture.table.contents->idle_below = 0;
	render_table(&fixture.table, &fixture.judgement, NULL, &style, &without);
	assert_null(strstr(without.data, "\nidle "));
}

/* A bound that was passed may hide the largest owner. */
static void owners_that_were_not_looked_for_are_told(void **state)
{
	const struct screen_style style = {.columns = 120};
	struct fixture CLEANUP(fixture_done) fixture = {0};

	(void)state;
	make("fine", 0, &fixture);
	for (int i = 0; i < 3; i++) {
		struct buffer CLEANUP(buffer_clear) drawn = {0};

		fixture.table.holders->owners.cut = i == 1;
		fixture.table.holders->sockets_cut = i == 2;
		render_table(&fixture.table, &fixture.judgement, NULL, &style, &drawn);
		assert_int_equal(strstr(drawn.data, "\nnot shown   owners of some entries") != NULL,
				 i > 0);
	}
}

static void a_module_on_its_way_is_said_to_be(void **state)
{
	struct buffer CLEANUP(buffer_clear) words = {0};
	struct table table = {.module = MODULE_COMING};

	(void)state;
	render_verdict(&table, &(struct judgement){.verdict = VERDICT_NOT_LOADED}, &words);
	expect_text("coming", words.data, "nf_conntrack is loading: no figures in this moment.");
}

/*
 * History
 */
static void look_at(struct history *history, uint64_t now, uint64_t entries, uint64_t drops)
{
	struct table table = {.now = now, .entries = {true, entries}};
	struct judgement judgement = {.share = {true, entries}};

	table.counters.known[COUNTER_DROP] = true;
	table.counters.value[COUNTER_DROP] = drops;
	history_add(history, &table, &judgement);
}

static void rates_are_of_the_last_two_looks(void **state)
{
	struct history history = {0};

	(void)state;
	look_at(&history, 10000000, 100, 5);
	assert_false(history.rates_known);
	look_at(&history, 14000000, 60, 25);
	assert_true(history.rates_known);
	assert_true(history.seconds > 3.99 && history.seconds < 4.01);
	assert_int_equal(history.entries_change, -40);
	expect_number("drops", history.counted[COUNTER_DROP], 20);
	/* The module was loaded again: counters begin again at 0. */
	look_at(&history, 15000000, 1, 3);
	assert_true(history.rates_known);
	expect_number("drops", history.counted[COUNTER_DROP], 0);
	/* The clock was set back. */
	look_at(&history, 12000000, 1, 3);
	assert_false(history.rates_known);
	look_at(&history, 13000000, 3, 3);
	assert_true(history.rates_known);
	assert_int_equal(history.entries_change, 2);
}

static void the_oldest_share_goes_first(void **state)
{
	struct history history = {0};

	(void)state;
	for (uint64_t i = 0; i < HISTORY_SIZE + 3; i++)
		look_at(&history, i + 1, i, 0);
	expect_number("count", history.count, HISTORY_SIZE);
	expect_number("oldest", history.shares[0].value, 3);
	expect_number("newest", history.shares[HISTORY_SIZE - 1].value, HISTORY_SIZE + 2);
}

/* One look gives no graph; and without a limit there is no frame. */
static void history_is_drawn_from_the_second_look_on(void **state)
{
	static const struct {
		unsigned int unknown, known; /* so many looks, in this order */
		const char *line;
	} rows[] = {
		{2, 0, NULL},
		{0, 1, NULL},
		{1, 1, "history     [ =]\n"},
		{0, 2, "history     [==]\n"},
	};
	const struct judgement without = {.verdict = VERDICT_UNKNOWN};
	const struct judgement with = {.verdict = VERDICT_FINE, .share = {true, 500}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) drawn = {0};
		struct history history = {0};
		struct table table = {.module = MODULE_LIVE};

		for (unsigned int k = 0; k < rows[i].unknown + rows[i].known; k++) {
			table.now += 1000000;
			history_add(&history, &table, k < rows[i].unknown ? &without : &with);
		}
		render_table(&table, &with, &history, &(struct screen_style){.columns = 80},
			     &drawn);
		if (rows[i].line)
			expect_part("history", drawn.data, rows[i].line);
		else
			assert_null(strstr(drawn.data, "history"));
	}
}

static void rates_have_signs_and_tenths(void **state)
{
	static const struct {
		uint64_t later; /* microseconds */
		uint64_t entries;
		const char *words;
	} rows[] = {
		{2000000, 1000, "in 2 s +0 entries/s, 0 drops/s"},
		{2000000, 1001, "in 2 s +0.5 entries/s, 0 drops/s"},
		{2000000, 0, "in 2 s -500 entries/s, 0 drops/s"},
		{1500000, 1900, "in 1.5 s +600 entries/s, 0 drops/s"},
		{60000000, 997, "in 60 s -0.1 entries/s, 0 drops/s"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) drawn = {0};
		struct history history = {0};
		struct table table = {.now = 1000000 + rows[i].later};
		struct judgement judgement = {.verdict = VERDICT_FINE};

		look_at(&history, 1000000, 1000, 7);
		look_at(&history, table.now, rows[i].entries, 7);
		table.counters.known[COUNTER_DROP] = true;
		render_table(&table, &judgement, &history, &(struct screen_style){.columns = 80},
			     &drawn);
		expect_part("rates", drawn.data, rows[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens_are_as_they_were_judged),
		cmocka_unit_test(no_line_is_wider_than_the_terminal),
		cmocka_unit_test(a_usual_terminal_takes_the_screen),
		cmocka_unit_test(few_lines_keep_what_matters),
		cmocka_unit_test(nothing_but_our_own_colors_gets_to_the_terminal),
		cmocka_unit_test(the_color_follows_the_share),
		cmocka_unit_test(the_buckets_have_the_color_of_long_chains),
		cmocka_unit_test(the_bar_tells_eighths),
		cmocka_unit_test(states_below_one_percent_are_others),
		cmocka_unit_test(each_verdict_says_what_to_do_next),
		cmocka_unit_test(a_verdict_on_another_namespace_names_it),
		cmocka_unit_test(a_single_message_of_another_namespace_is_told),
		cmocka_unit_test(a_namespace_that_cannot_be_seen_is_told_why),
		cmocka_unit_test(entries_that_cannot_be_listed_are_told_why),
		cmocka_unit_test(idle_entries_that_were_not_counted_are_not_told),
		cmocka_unit_test(owners_that_were_not_looked_for_are_told),
		cmocka_unit_test(a_module_on_its_way_is_said_to_be),
		cmocka_unit_test(rates_are_of_the_last_two_looks),
		cmocka_unit_test(the_oldest_share_goes_first),
		cmocka_unit_test(history_is_drawn_from_the_second_look_on),
		cmocka_unit_test(rates_have_signs_and_tenths),
	};

	/* The screens tell the time. */
	(void)setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests_name("render-table", tests, NULL, NULL);
}
