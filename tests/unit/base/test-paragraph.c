/* base/paragraph: lines of a bounded width in which nothing that is pasted or clicked is broken. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "base/paragraph.h"

static void lines_are_broken_where_nothing_suffers(void **state)
{
	static const struct {
		const char *text, *lines;
		struct paragraph shape;
	} rows[] = {
		{"", "", {.width = 20}},
		{"one two three", "one two three", {.width = 0, .indent = 2}},
		{"one two three", "one two three", {.width = 13, .indent = 2}},
		{"one two three", "one two\n  three", {.width = 12, .indent = 2}},
		{"one two three", "one\n  two\n  three", {.width = 9, .indent = 2, .used = 4}},
		{"one  two", "one  two", {.width = 8}},
		/* These words are longer than any line, alone or after other text. */
		{"/etc/sysctl.d/a.conf is bad",
		 "/etc/sysctl.d/a.conf\n  is bad",
		 {.width = 10, .indent = 2}},
		{"see /etc/sysctl.d/a.conf",
		 "see\n  /etc/sysctl.d/a.conf",
		 {.width = 10, .indent = 2}},
		{"/etc/sysctl.d/a.conf: x",
		 "/etc/sysctl.d/a.conf:\n  x",
		 {.width = 12, .indent = 2, .used = 9}},
		{"  /etc/sysctl.d/a.conf x",
		 "  /etc/sysctl.d/a.conf\n  x",
		 {.width = 12, .indent = 2, .used = 7}},
		/* A word that fits in a line goes there. */
		{"/etc/a.conf:3: x",
		 "\n  /etc/a.conf:3:\n  x",
		 {.width = 16, .indent = 2, .used = 9}},
		/* A path with blanks, at the start alone. */
		{"/a b/c d:31: key", "/a b/c d:31:\n  key", {.width = 14, .indent = 2}},
		{"/a b/c d: key x", "/a b/c\n  d: key\n  x", {.width = 8, .indent = 2}},
		{"in /a b:3: key", "in /a\n  b:3:\n  key", {.width = 8, .indent = 2}},
		/* Between quotes, and not behind them. */
		{"now run \"a b c\" or d", "now run\n\"a b c\" or d", {.width = 12}},
		{"run (\"a b c\"), then", "run\n(\"a b c\"),\nthen", {.width = 12}},
		{"\"a very long quoted text\" x", "\"a very\nlong\nquoted\ntext\" x", {.width = 8}},
		{"no \"end of it", "no \"end\nof it", {.width = 8}},
		{"5\" or 6\" wide", "5\" or\n6\"\nwide", {.width = 6}},
		/* A command. */
		{"run conntrack-persist apply --force now",
		 "run\nconntrack-persist apply --force\nnow",
		 {.width = 32}},
		{"use --force or not", "use\n--force\nor not", {.width = 8}},
		{"do use --force", "do\nuse --force", {.width = 12}},
		{"run nft -f now", "run nft\n-f now", {.width = 8}},
		{"at most max = 4096, or", "at most\nmax = 4096,\nor", {.width = 12}},
		{"a = b, =", "a =\nb,\n=", {.width = 3}},
		{"myconntrack-persist x", "myconntrack-persist\nx", {.width = 20}},
		/* Cells, not bytes. */
		{"\xc3\xa4\xc3\xa4 \xc3\xb6", "\xc3\xa4\xc3\xa4 \xc3\xb6", {.width = 4}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		buffer_add(&b, "");
		paragraph_add(&b, rows[i].text, &rows[i].shape);
		assert_string_equal(b.data ? b.data : "", rows[i].lines);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_broken_where_nothing_suffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
