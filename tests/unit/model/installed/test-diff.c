/* model/diff: what diff -u prints of the same texts, and nothing that could steer a terminal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "model/installed/diff.h"

struct row {
	const char *name;
	const char *before;
	size_t before_size;
	const char *after;
	size_t after_size;
	const char *hunks; /* without the two lines that name the files */
};

static void check_row(const struct row *row)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	const struct diff_side before = {"old", row->before, row->before_size};
	const struct diff_side after = {"new", row->after, row->after_size};
	const char *head = "--- old\n+++ new\n";

	diff_add(&b, &before, &after);
	if (!row->hunks[0]) {
		if (b.length > 0)
			fail_msg("%s: not empty:\n%s", row->name, b.data);
		return;
	}
	expect_start(row->name, b.data, head);
	expect_text(row->name, b.data + strlen(head), row->hunks);
}

#define check_rows(rows)                                      \
	do {                                                  \
		for (size_t k = 0; k < ARRAY_SIZE(rows); k++) \
			check_row(&(rows)[k]);                \
	} while (0)

/* Each taken from diff -u. */
static void hunks_are_those_of_diff(void **state)
{
	static const struct row rows[] = {
		{"one line changed", BYTES("a\nb\nc\n"), BYTES("a\nB\nc\n"),
		 "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"},
		{"created", BYTES(""), BYTES("a\nb\n"), "@@ -0,0 +1,2 @@\n+a\n+b\n"},
		{"removed", BYTES("a\nb\n"), BYTES(""), "@@ -1,2 +0,0 @@\n-a\n-b\n"},
		{"one line created", BYTES(""), BYTES("a\n"), "@@ -0,0 +1 @@\n+a\n"},
		{"no newline before", BYTES("a\nb"), BYTES("a\nb\n"),
		 "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
		{"no newline after", BYTES("a\nb\n"), BYTES("a\nb"),
		 "@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n"},
		{"no newline in both", BYTES("x\nb"), BYTES("y\nb"),
		 "@@ -1,2 +1,2 @@\n-x\n+y\n b\n\\ No newline at end of file\n"},
		{"no newline in both, changed", BYTES("b"), BYTES("c"),
		 "@@ -1 +1 @@\n-b\n\\ No newline at end of file\n+c\n\\ No newline at end of "
		 "file\n"},
		{"context of three lines", BYTES("1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
		 BYTES("1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
		 "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"},
		{"six lines between share a hunk", BYTES("a\n1\n2\n3\n4\n5\n6\nb\n"),
		 BYTES("A\n1\n2\n3\n4\n5\n6\nB\n"),
		 "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n"},
		{"seven lines between are two hunks", BYTES("a\n1\n2\n3\n4\n5\n6\n7\nb\n"),
		 BYTES("A\n1\n2\n3\n4\n5\n6\n7\nB\n"),
		 "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n"},
		{"line added at the start", BYTES("b\nc\n"), BYTES("a\nb\nc\n"),
		 "@@ -1,2 +1,3 @@\n+a\n b\n c\n"},
		{"line added at the end", BYTES("a\nb\nc\nd\ne\n"), BYTES("a\nb\nc\nd\ne\nf\n"),
		 "@@ -3,3 +3,4 @@\n c\n d\n e\n+f\n"},
		{"line removed at the start", BYTES("a\nb\nc\nd\ne\nf\n"), BYTES("b\nc\nd\ne\nf\n"),
		 "@@ -1,4 +1,3 @@\n-a\n b\n c\n d\n"},
		{"line removed at the end", BYTES("a\nb\nc\nd\ne\nf\n"), BYTES("a\nb\nc\nd\ne\n"),
		 "@@ -3,4 +3,3 @@\n c\n d\n e\n-f\n"},
		{"all changed", BYTES("a\nb\n"), BYTES("c\nd\ne\n"),
		 "@@ -1,2 +1,3 @@\n-a\n-b\n+c\n+d\n+e\n"},
		{"two changes with a line between", BYTES("a\nb\nc\n"), BYTES("A\nb\nC\n"),
		 "@@ -1,3 +1,3 @@\n-a\n+A\n b\n-c\n+C\n"},
		{"start of another", BYTES("ab\n"), BYTES("abc\n"), "@@ -1 +1 @@\n-ab\n+abc\n"},
		{"tab kept", BYTES("\ta\n"), BYTES("\tb\n"), "@@ -1 +1 @@\n-\ta\n+\tb\n"},
		{"letters kept", BYTES("gr\xc3\xbc\xc3\x9f\n"), BYTES("gr\xc3\xbc\xc3\x9f.\n"),
		 "@@ -1 +1 @@\n-gr\xc3\xbc\xc3\x9f\n+gr\xc3\xbc\xc3\x9f.\n"},
	};

	(void)state;
	check_rows(rows);
}

static void equal_texts_give_nothing(void **state)
{
	static const struct row rows[] = {
		{"lines", BYTES("a\nb\n"), BYTES("a\nb\n"), ""},
		{"no newline", BYTES("a\nb"), BYTES("a\nb"), ""},
		{"empty", BYTES(""), BYTES(""), ""},
		{"absent and empty", NULL, 0, BYTES(""), ""},
		{"both absent", NULL, 0, NULL, 0, ""},
	};

	(void)state;
	check_rows(rows);
}

static void absent_file_is_empty(void **state)
{
	static const struct row rows[] = {
		{"created", NULL, 0, BYTES("a\n"), "@@ -0,0 +1 @@\n+a\n"},
		{"removed", BYTES("a\n"), NULL, 0, "@@ -1 +0,0 @@\n-a\n"},
	};

	(void)state;
	check_rows(rows);
}

static void terminal_is_not_steered(void **state)
{
	static const struct row rows[] = {
		{"escape", BYTES("\x1b[31m\x07\r\x7f\t|\n"), BYTES(""),
		 "@@ -1 +0,0 @@\n-?[31m???\t|\n"},
		{"NUL", BYTES("a\0b\n"), BYTES("a\0c\n"), "@@ -1 +1 @@\n-a?b\n+a?c\n"},
		{"control sequence of two bytes",
		 BYTES("\xc2\x9b"
		       "31m\xc2\xa0\xc2\x80\n"),
		 BYTES(""), "@@ -1 +0,0 @@\n-?31m\xc2\xa0?\n"},
		{"control sequence of one byte",
		 BYTES("\x9b"
		       "31m \xc3\xbc\n"),
		 BYTES(""), "@@ -1 +0,0 @@\n-?31m ??\n"},
		{"cut letter", BYTES("\xc2"), BYTES(""),
		 "@@ -1 +0,0 @@\n-?\n\\ No newline at end of file\n"},
	};

	(void)state;
	check_rows(rows);
}

/* Lines that are their own number. */
static void fill_lines(struct buffer *b, unsigned int count, unsigned int first)
{
	for (unsigned int i = 0; i < count; i++)
		buffer_printf(b, "%u\n", first + i);
}

static void very_long_texts_are_one_replacement(void **state)
{
	struct buffer CLEANUP(buffer_clear) old = {0}, new = {0}, b = {0};
	struct diff_side before = {.name = "old"}, after = {.name = "new"};
	const char *plus;

	(void)state;
	fill_lines(&old, 1100, 0);
	fill_lines(&new, 1100, 1);
	before.bytes = old.data;
	before.size = old.length;
	after.bytes = new.data;
	after.size = new.length;
	diff_add(&b, &before, &after);
	expect_start("head", b.data, "--- old\n+++ new\n@@ -1,1100 +1,1100 @@\n-0\n-1\n");
	plus = strstr(b.data, "\n+1\n");
	assert_non_null(plus);
	assert_null(strstr(plus, "\n-"));
	assert_null(strstr(b.data, "\n "));
	expect_part("end", plus, "\n+1099\n+1100\n");
}

/* A foreign file at our path may have any size. */
static void longer_texts_are_not_shown(void **state)
{
	struct buffer CLEANUP(buffer_clear) lines = {0}, bytes = {0}, b = {0};
	struct diff_side before = {.name = "old"}, after = {"new", BYTES("a\n")};

	(void)state;
	for (unsigned int i = 0; i <= DIFF_LINES_MAX; i++)
		buffer_add(&lines, "\n");
	before.bytes = lines.data;
	before.size = lines.length;
	diff_add(&b, &before, &after);
	expect_text(
		"lines", b.data,
		"--- old\n+++ new\n\\ the old file has 10,001 lines and 10,001 bytes: more than "
		"10,000 lines or 262,144 bytes are not compared line by line\n");
	buffer_clear(&b);
	diff_add(&b, &after, &before);
	expect_start("lines", b.data, "--- new\n+++ old\n\\ the new file has 10,001 lines");
	buffer_clear(&b);
	for (unsigned int i = 0; i <= DIFF_BYTES_MAX; i++)
		buffer_add(&bytes, "x");
	before.bytes = bytes.data;
	before.size = bytes.length;
	diff_add(&b, &before, &after);
	expect_start("bytes", b.data,
		     "--- old\n+++ new\n\\ the old file has 1 lines and 262,145 bytes");
	buffer_clear(&b);
	before.size--;
	diff_add(&b, &before, &after);
	expect_start("just shown", b.data, "--- old\n+++ new\n@@ -1 +1 @@\n-xxx");
}

static void very_long_equal_texts_give_nothing(void **state)
{
	struct buffer CLEANUP(buffer_clear) text = {0}, b = {0};
	struct diff_side side = {.name = "old"};

	(void)state;
	fill_lines(&text, 1100, 0);
	side.bytes = text.data;
	side.size = text.length;
	diff_add(&b, &side, &side);
	assert_null(b.data);
}

static void long_texts_are_still_compared(void **state)
{
	struct buffer CLEANUP(buffer_clear) old = {0}, new = {0}, b = {0};
	struct diff_side before = {.name = "old"}, after = {.name = "new"};

	(void)state;
	fill_lines(&old, 1000, 0);
	fill_lines(&new, 1000, 1);
	before.bytes = old.data;
	before.size = old.length;
	after.bytes = new.data;
	after.size = new.length;
	diff_add(&b, &before, &after);
	expect_text("diff", b.data,
		    "--- old\n+++ new\n@@ -1,4 +1,3 @@\n-0\n 1\n 2\n 3\n"
		    "@@ -998,3 +997,4 @@\n 997\n 998\n 999\n+1000\n");
}

/* Several files may go into one text. */
static void diff_is_added_to_what_there_is(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	const struct diff_side before = {"/dev/null", NULL, 0}, after = {"/etc/x", BYTES("a\n")};

	(void)state;
	buffer_add(&b, "first\n");
	diff_add(&b, &before, &after);
	expect_text("text", b.data, "first\n--- /dev/null\n+++ /etc/x\n@@ -0,0 +1 @@\n+a\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hunks_are_those_of_diff),
		cmocka_unit_test(equal_texts_give_nothing),
		cmocka_unit_test(absent_file_is_empty),
		cmocka_unit_test(terminal_is_not_steered),
		cmocka_unit_test(very_long_texts_are_one_replacement),
		cmocka_unit_test(longer_texts_are_not_shown),
		cmocka_unit_test(very_long_equal_texts_give_nothing),
		cmocka_unit_test(long_texts_are_still_compared),
		cmocka_unit_test(diff_is_added_to_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
