/*
 * model/assignments: what systemd-sysctl and procps make of each line; all of it was seen of the
 * two.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "base/buffer.h"
#include "model/sources/assignments.h"

/*
 * Every assignment of a text, as "LINE KEY=VALUE;", "LINE KEY;" without a value; "-" where it may
 * fail.
 */
static void expect_read(enum sysctl_reader reader, const char *text, const char *wanted)
{
	struct buffer CLEANUP(buffer_clear) found = {0};
	struct assignment assignment = {0};
	const char *position = text;
	unsigned int number = 1;
	int error;

	buffer_add(&found, "");
	while ((error = assignment_next(&position, &number, reader, &assignment)) > 0) {
		buffer_printf(&found, "%u %s%s", assignment.line, assignment.may_fail ? "-" : "",
			      assignment.key.data);
		buffer_printf(&found, "%s%.*s;", assignment.value ? "=" : "",
			      (int)assignment.value_length,
			      assignment.value ? assignment.value : "");
	}
	assignment_done(&assignment);
	assert_null(assignment.key.data);
	assert_null(assignment.value);
	assert_int_equal(error, 0);
	assert_ptr_equal(position, text + strlen(text));
	expect_text(text, found.data, wanted);
}

static void expect_both(const char *text, const char *wanted)
{
	expect_read(SYSCTL_SYSTEMD, text, wanted);
	expect_read(SYSCTL_PROCPS, text, wanted);
}

struct row {
	const char *text, *systemd, *procps;
};

static void expect_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		expect_read(SYSCTL_SYSTEMD, rows[i].text, rows[i].systemd);
		expect_read(SYSCTL_PROCPS, rows[i].text, rows[i].procps);
	}
}

static void blanks_around_words_do_not_count(void **state)
{
	(void)state;
	expect_both("a=1\n a = 1\n\t a\t=\t 1 \t\n", "1 a=1;2 a=1;3 a=1;");
	expect_both("a = 1 2  3 \n", "1 a=1 2  3;");
}

static void comments_and_empty_lines_are_counted_only(void **state)
{
	(void)state;
	expect_both("# a = 1\n; a = 1\n\n \t\n  # a = 1\n\t;a=1\na = 2\n", "7 a=2;");
	/* not behind something */
	expect_both("a = 1 # b\na = 1 ; b\na#b = 1\n", "1 a=1 # b;2 a=1 ; b;3 a#b=1;");
}

static void lines_that_assign_nothing_are_passed_over(void **state)
{
	(void)state;
	expect_both("", "");
	expect_both("a\na 1\na: 1\nb = 1", "4 b=1;");
	expect_both("=\n=1\n-\n-=1\n", "");
	expect_both("a\\\n=1\n", "");
}

static void value_is_the_rest_of_the_line(void **state)
{
	(void)state;
	expect_both("a =\nb = \nc == 1\nd = 1 = 2\n", "1 a=;2 b=;3 c== 1;4 d=1 = 2;");
	expect_both("a = \"1\"\nb = 1\\\n", "1 a=\"1\";2 b=1\\;");
}

static void hyphen_forgives_or_excludes(void **state)
{
	(void)state;
	expect_both("-a = 1\n-a\n -a = 1\n-a*\n-a =\n", "1 -a=1;2 a;3 -a=1;4 a*;5 -a=;");
}

static void first_separator_decides(void **state)
{
	(void)state;
	expect_both("net.a.b = 1\nnet/a/b = 1\nnet.a/b = 1\nnet/a.b = 1\na = 1\n",
		    "1 net/a/b=1;2 net/a/b=1;3 net/a.b=1;4 net/a.b=1;5 a=1;");
	expect_both("net.ipv4.conf.eth0/1.x = 1\nnet/ipv4/conf/eth0.1/x = 1\n",
		    "1 net/ipv4/conf/eth0.1/x=1;2 net/ipv4/conf/eth0.1/x=1;");
	expect_both("net.*.b[./] = 1\n-net.a\n", "1 net/*/b[/.]=1;2 net/a;");
}

static void needless_slashes_are_kept_by_procps(void **state)
{
	static const struct row rows[] = {
		{"/a/b=1", "1 a/b=1;", "1 /a/b=1;"},
		{"//a//b=1", "1 a/b=1;", "1 //a//b=1;"},
		{".a.b=1", "1 a/b=1;", "1 /a/b=1;"},
		{"a..b=1", "1 a/b=1;", "1 a//b=1;"},
		{"a.b.=1", "1 a/b=1;", "1 a/b/=1;"},
		{"a/b/=1", "1 a/b=1;", "1 a/b/=1;"},
		{"a/./b=1", "1 a/b=1;", "1 a/./b=1;"},
		{"a/b/.=1", "1 a/b=1;", "1 a/b/.=1;"},
		{"a/../b=1", "1 a/../b=1;", "1 a/../b=1;"},
		{"a/.b/..c=1", "1 a/.b/..c=1;", "1 a/.b/..c=1;"},
		{"/=1", "", "1 /=1;"},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows));
}

static void readers_differ_behind_a_hyphen(void **state)
{
	static const struct row rows[] = {
		{"- a = 1", "1 -a=1;", "1 - a=1;"}, {"-\ta", "1 a;", "1 \ta;"},
		{"--a = 1", "1 --a=1;", "1 -a=1;"}, {"--a", "1 -a;", "1 a;"},
		{"---a", "1 --a;", "1 -a;"},	    {"--", "1 -;", ""},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows));
}

static void readers_differ_in_what_is_blank(void **state)
{
	static const struct row rows[] = {
		{"\va = 1", "1 \va=1;", "1 a=1;"},
		{"a\f= \v1\v", "1 a\f=\v1\v;", "1 a=1;"},
		{"\f#a = 1", "1 \f#a=1;", ""},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows));
}

/* Lines are ended by a carriage return for systemd-sysctl, alone or with a line feed. */
static void readers_differ_in_what_ends_a_line(void **state)
{
	static const struct row rows[] = {
		{"a=1\r\nb=2\r\n", "1 a=1;2 b=2;", "1 a=1;2 b=2;"},
		{"a=1\rb=2\n", "1 a=1;2 b=2;", "1 a=1\rb=2;"},
		{"a=1\n\rb=2", "1 a=1;2 b=2;", "1 a=1;2 b=2;"},
		{"\r\r\na=1", "3 a=1;", "2 a=1;"},
		{"\n\r\n\ra=1", "3 a=1;", "3 a=1;"},
		{"#\ra=1\n", "2 a=1;", ""},
	};

	(void)state;
	expect_rows(rows, ARRAY_SIZE(rows));
}

static void last_line_needs_no_end(void **state)
{
	(void)state;
	expect_both("a=1\nb=2", "1 a=1;2 b=2;");
	expect_both("-b", "1 b;");
}

static void end_is_told_again_and_again(void **state)
{
	struct assignment CLEANUP(assignment_done) assignment = {0};
	const char *position = "# a\n\n";
	unsigned int number = 1;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(assignment_next(&position, &number, SYSCTL_SYSTEMD, &assignment),
				 0);
		assert_int_equal(*position, '\0');
		assert_int_equal(number, 3);
	}
}

static void patterns_are_told_from_names(void **state)
{
	static const struct {
		const char *key;
		bool is_pattern;
	} rows[] = {{"a/b", false}, {"a/{b,c}", false}, {"a\\b", false},
		    {"a/*", true},  {"a?", true},	{"[a", true}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct assignment CLEANUP(assignment_done) assignment = {0};

		buffer_add(&assignment.key, rows[i].key);
		assert_non_null(assignment.key.data);
		expect_number(rows[i].key, assignment_is_pattern(&assignment), rows[i].is_pattern);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_around_words_do_not_count),
		cmocka_unit_test(comments_and_empty_lines_are_counted_only),
		cmocka_unit_test(lines_that_assign_nothing_are_passed_over),
		cmocka_unit_test(value_is_the_rest_of_the_line),
		cmocka_unit_test(hyphen_forgives_or_excludes),
		cmocka_unit_test(first_separator_decides),
		cmocka_unit_test(needless_slashes_are_kept_by_procps),
		cmocka_unit_test(readers_differ_behind_a_hyphen),
		cmocka_unit_test(readers_differ_in_what_is_blank),
		cmocka_unit_test(readers_differ_in_what_ends_a_line),
		cmocka_unit_test(last_line_needs_no_end),
		cmocka_unit_test(end_is_told_again_and_again),
		cmocka_unit_test(patterns_are_told_from_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
