/* model/ini: every line that bare inih would misread is read right or reported with its number. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include "base/buffer.h"
#include "model/config/ini.h"

#define X10  "xxxxxxxxxx"
#define X40  X10 X10 X10 X10
#define X100 X40 X40 X10 X10

#define BLANKS10  "          "
#define BLANKS50  BLANKS10 BLANKS10 BLANKS10 BLANKS10 BLANKS10
#define BLANKS100 BLANKS50 BLANKS50

struct expected_problem {
	unsigned int line;
	const char *part;
};

struct row {
	const char *name;
	const char *bytes;
	size_t size;
	const char *events; /* "LINE [section]" and "LINE section.name=value", each on a line */
	struct expected_problem problems[6];
};

static void note_section(void *userdata, const char *section, unsigned int line)
{
	buffer_printf(userdata, "%u [%s]\n", line, section);
}

static void note_pair(void *userdata, const char *section, const char *name, const char *value,
		      unsigned int line)
{
	buffer_printf(userdata, "%u %s.%s=%s\n", line, section, name, value);
}

static void check_row(const struct row *row)
{
	struct buffer CLEANUP(buffer_clear) events = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	struct ini_events reader = {
		.section = note_section, .pair = note_pair, .userdata = &events};
	/* A copy of exactly this size, so that a read beyond the end is seen. */
	char *CLEANUP(free_pointer) bytes = malloc(row->size ? row->size : 1);
	size_t wanted = 0;

	assert_non_null(bytes);
	memcpy(bytes, row->bytes, row->size);
	assert_int_equal(ini_read("a.conf", bytes, row->size, &reader, &problems), 0);

	expect_text(row->name, events.data ? events.data : "", row->events);
	for (; wanted < ARRAY_SIZE(row->problems) && row->problems[wanted].part; wanted++) {
		if (wanted >= problems.count)
			fail_msg("%s: problem %zu is missing", row->name, wanted);
		expect_part(row->name, problems.items[wanted].text, row->problems[wanted].part);
		expect_number(row->name, problems.items[wanted].line, row->problems[wanted].line);
		expect_text(row->name, problems.items[wanted].file, "a.conf");
		expect_number(row->name, problems.items[wanted].severity, SEVERITY_ERROR);
	}
	expect_number(row->name, problems.count, wanted);
}

#define check_rows(rows)                                      \
	do {                                                  \
		for (size_t k = 0; k < ARRAY_SIZE(rows); k++) \
			check_row(&(rows)[k]);                \
	} while (0)

static void sound_lines_are_read(void **state)
{
	static const struct row rows[] = {
		{"nothing at all", BYTES(""), "", {{0}}},
		{"comments alone", BYTES("# one\n; two\n\n \t\n  # three\n"), "", {{0}}},
		{"pairs and lines",
		 BYTES("# c\n[a]\n\nx = 1\ny=2\n[b]\nx\t=\t3"),
		 "2 [a]\n4 a.x=1\n5 a.y=2\n6 [b]\n7 b.x=3\n",
		 {{0}}},
		{"comments behind",
		 BYTES("[a] ; c\nx = 1 ; c ; d\ny = 2\t;c\nz = ; c\n"),
		 "1 [a]\n2 a.x=1\n3 a.y=2\n4 a.z=\n",
		 {{0}}},
		{"empty value", BYTES("[a]\nx =\ny=\n"), "1 [a]\n2 a.x=\n3 a.y=\n", {{0}}},
		{"value with separators",
		 BYTES("[a]\nx = b=c:d [e]\n"),
		 "1 [a]\n2 a.x=b=c:d [e]\n",
		 {{0}}},
		{"blanks inside", BYTES("[a]\nx y = 1 2  \n"), "1 [a]\n2 a.x y=1 2\n", {{0}}},
		{"line ends of DOS",
		 BYTES("[a]\r\nx = 1\r\n\r\ny = 2\r\n"),
		 "1 [a]\n2 a.x=1\n4 a.y=2\n",
		 {{0}}},
		{"byte order mark", BYTES("\xef\xbb\xbf[a]\nx = 1\n"), "1 [a]\n2 a.x=1\n", {{0}}},
		{"byte order mark alone", BYTES("\xef\xbb\xbf"), "", {{0}}},
		{"letters in comments",
		 BYTES("# gr\xc3\xbc\xc3\x9f\n[a] ; \xe2\x82\xac\nx = 1 ; \xc3\xbc\n"),
		 "2 [a]\n3 a.x=1\n",
		 {{0}}},
		{"indented",
		 BYTES("  [a]\n\tx = 1\n    y = 2 ; c\n \t[b] ; c\n  ; c\n\t# c\n\t z=3  \n"),
		 "1 [a]\n2 a.x=1\n3 a.y=2\n4 [b]\n7 b.z=3\n",
		 {{0}}},
		{"indented by DOS", BYTES("\t[a]\r\n\tx = 1\r\n"), "1 [a]\n2 a.x=1\n", {{0}}},
		{"indented up to the longest line",
		 BYTES("[a]\n" BLANKS100 X40 X40 X10 "xx = 3\n"),
		 "1 [a]\n2 a." X40 X40 X10 "xx=3\n",
		 {{0}}},
		{"same again",
		 BYTES("[a]\nx = 1\n[b]\n[a]\nx = 2\nx = 3\n"),
		 "1 [a]\n2 a.x=1\n3 [b]\n4 [a]\n5 a.x=2\n6 a.x=3\n",
		 {{0}}},
	};

	(void)state;
	check_rows(rows);
}

/*
 * inih alone would take each of these for a section, or the next text for part of the section
 * before.
 */
static void broken_section_takes_its_pairs_with_it(void **state)
{
	static const struct row rows[] = {
		{"open",
		 BYTES("[a]\nx = 1\n[open\ny = 2\n[b]\nz = 3\n"),
		 "1 [a]\n2 a.x=1\n5 [b]\n6 b.z=3\n",
		 {{3, "closing bracket"}}},
		{"open before a comment",
		 BYTES("[a]\n[s ;c]\ny = 2\n"),
		 "1 [a]\n",
		 {{2, "closing bracket"}}},
		{"text behind", BYTES("[x] junk\ny = 2\n"), "", {{1, "text after"}}},
		{"bracket behind", BYTES("[a]b]\ny = 2\n"), "", {{1, "text after"}}},
		{"comment without a blank", BYTES("[a];c\ny = 2\n"), "", {{1, "text after"}}},
		{"empty name", BYTES("[a]\n[]\ny = 2\n"), "1 [a]\n", {{2, "1 to 48"}}},
		{"blanks", BYTES("[ x ]\ny = 2\n"), "", {{1, "no blank around it"}}},
		{"blank before", BYTES("[ x]\ny = 2\n"), "", {{1, "no blank around it"}}},
		{"blank behind", BYTES("[x\t]\ny = 2\n"), "", {{1, "no blank around it"}}},
		{"name of 48",
		 BYTES("[" X40 "xxxxxxxx]\ny = 2\n"),
		 "1 [" X40 "xxxxxxxx]\n2 " X40 "xxxxxxxx.y=2\n",
		 {{0}}},
		{"name of 49",
		 BYTES("[a]\n[" X40 "xxxxxxxxx]\ny = 2\n"),
		 "1 [a]\n",
		 {{2, "1 to 48"}}},
		{"name of 210",
		 BYTES("[a]\n[" X100 X100 X10 "]\ny = 2\n"),
		 "1 [a]\n",
		 {{2, "over 198"}}},
		{"indented", BYTES("[a]\n [b\ny = 2\n"), "1 [a]\n", {{2, "closing bracket"}}},
		{"indented and of 210",
		 BYTES("[a]\n\t [" X100 X100 X10 "]\ny = 2\n"),
		 "1 [a]\n",
		 {{2, "over 198"}}},
		{"NUL", BYTES("[a]\n[b\0]\ny = 2\n"), "1 [a]\n", {{2, "NUL"}}},
		{"control character", BYTES("[a]\n[b\x1b]\ny = 2\n"), "1 [a]\n", {{2, "0x1b"}}},
		{"not UTF-8", BYTES("[a]\n[b\xff]\ny = 2\n"), "1 [a]\n", {{2, "UTF-8"}}},
		{"letter", BYTES("[a]\n[\xc3\xbc]\ny = 2\n"), "1 [a]\n", {{2, "ASCII"}}},
		{"control sequence of two bytes",
		 BYTES("[a]\n[\xc2\x9b"
		       "31m]\ny = 2\n"),
		 "1 [a]\n",
		 {{2, "ASCII"}}},
		{"none yet", BYTES("# c\ny = 2\n[a]\n"), "3 [a]\n", {{2, "before the first"}}},
	};

	(void)state;
	check_rows(rows);
}

static void broken_pair_is_reported_and_not_delivered(void **state)
{
	static const struct row rows[] = {
		{"indented and without a sign",
		 BYTES("[a]\nx = 1\n y\n\n\t2 3\nz = 3\n"),
		 "1 [a]\n2 a.x=1\n6 a.z=3\n",
		 {{3, "\"name = value\""}, {5, "\"name = value\""}}},
		{"indented and without a name",
		 BYTES("[a]\n  = 1\n"),
		 "1 [a]\n",
		 {{2, "without a name"}}},
		{"no name", BYTES("[a]\n= v\n"), "1 [a]\n", {{2, "without a name"}}},
		{"name alone", BYTES("[a]\nx\n"), "1 [a]\n", {{2, "\"name = value\""}}},
		{"colon",
		 BYTES("[a]\nx: 1\nx : y = 1\n"),
		 "1 [a]\n",
		 {{2, "\"name = value\""}, {3, "\"name = value\""}}},
		{"equals in a comment",
		 BYTES("[a]\nx ; = 1\n"),
		 "1 [a]\n",
		 {{2, "\"name = value\""}}},
		{"comment without a blank",
		 BYTES("[a]\nx = 1;c\ny =;c\n"),
		 "1 [a]\n",
		 {{2, "blank before its \";\""}, {3, "blank before its \";\""}}},
		{"other comment sign",
		 BYTES("[a]\nx = 1 # c\ny = 1#c\n"),
		 "1 [a]\n",
		 {{2, "\"#\" begins"}, {3, "\"#\" begins"}}},
		{"comment sign in the name",
		 BYTES("[a]\nx#y = 1\nx;y = 1\n"),
		 "1 [a]\n",
		 {{2, "\"#\" begins"}, {3, "\";\""}}},
		{"quotes",
		 BYTES("[a]\nx = \"1\"\ny = '1'\n\"z\" = 1\nx = \"a ; b\"\n"),
		 "1 [a]\n",
		 {{2, "quotes"}, {3, "quotes"}, {4, "quotes"}, {5, "quotes"}}},
		{"letters",
		 BYTES("[a]\nx = \xc3\xbc\n\xc3\xbc = 1\n"),
		 "1 [a]\n",
		 {{2, "ASCII"}, {3, "ASCII"}}},
		{"byte order mark inside",
		 BYTES("[a]\n\xef\xbb\xbfx = 1\n"),
		 "1 [a]\n",
		 {{2, "ASCII"}}},
		{"name of 96",
		 BYTES("[a]\n" X40 X40 X10 "xxxxxx=1\n"),
		 "1 [a]\n2 a." X40 X40 X10 "xxxxxx=1\n",
		 {{0}}},
		{"name of 97",
		 BYTES("[a]\n" X40 X40 X10 "xxxxxxx=1\n"),
		 "1 [a]\n",
		 {{2, "over 96"}}},
	};

	(void)state;
	check_rows(rows);
}

/* inih 53 to 58 parse what is beyond their buffer as a line of its own. */
static void long_line_is_reported_whole(void **state)
{
	static const struct row rows[] = {
		{"value of 198",
		 BYTES("[a]\nx=" X100 X40 X40 X10 "xxxxxx\ny = 2\n"),
		 "1 [a]\n2 a.x=" X100 X40 X40 X10 "xxxxxx\n3 a.y=2\n",
		 {{0}}},
		{"value of 199",
		 BYTES("[a]\nx=" X100 X40 X40 X10 "xxxxxxx\ny = 2\n"),
		 "1 [a]\n3 a.y=2\n",
		 {{2, "over 198"}}},
		{"tail that reads as a pair",
		 BYTES("[a]\nx=" X100 X40 X40 X10 "xxxxxxx\tb = 2\ny = 2\n"),
		 "1 [a]\n3 a.y=2\n",
		 {{2, "over 198"}}},
		{"tail of a comment",
		 BYTES("[a]\n#" X100 X40 X40 X10 "xxxxxxxx[b]\ny = 2\n"),
		 "1 [a]\n3 a.y=2\n",
		 {{2, "over 198"}}},
		{"198 with the end of DOS",
		 BYTES("[a]\r\nx=" X100 X40 X40 X10 "xxxxxx\r\n"),
		 "1 [a]\n2 a.x=" X100 X40 X40 X10 "xxxxxx\n",
		 {{0}}},
		{"no line end", BYTES("[a]\nx=" X100 X100), "1 [a]\n", {{2, "over 198"}}},
	};

	(void)state;
	check_rows(rows);
}

static void foreign_bytes_are_reported(void **state)
{
	static const struct row rows[] = {
		{"NUL",
		 BYTES("[a]\nx = 1\0y = 2\n\0z = 3\nw = 4\n"),
		 "1 [a]\n4 a.w=4\n",
		 {{2, "NUL"}, {3, "NUL"}}},
		{"NUL in a comment", BYTES("# \0\n"), "", {{1, "NUL"}}},
		{"NUL at the end", BYTES("[a]\nx = 1\0"), "1 [a]\n", {{2, "NUL"}}},
		{"control characters",
		 BYTES("[a]\nx = \x1b[31m\ny = \x7f\n# \x07\nz\v= 1\n"),
		 "1 [a]\n",
		 {{2, "0x1b"}, {3, "0x7f"}, {4, "0x07"}, {5, "0x0b"}}},
		{"CR alone", BYTES("[a]\rx = 1\r"), "", {{1, "LF or CR LF"}}},
		{"CR before the end of DOS",
		 BYTES("[a]\nx = 1\r\r\n"),
		 "1 [a]\n",
		 {{2, "LF or CR LF"}}},
		{"CR at the end", BYTES("[a]\nx = 1\r"), "1 [a]\n", {{2, "LF or CR LF"}}},
		{"Latin-1",
		 BYTES("[a]\nx = \xfc\n# \xfc\n"),
		 "1 [a]\n",
		 {{2, "UTF-8"}, {3, "UTF-8"}}},
		{"UTF-16, little end", BYTES("\xff\xfe[\0a\0]\0\n\0"), "", {{1, "UTF-16"}}},
		{"UTF-16, big end", BYTES("\xfe\xff\0[\0a\0]\0\n"), "", {{1, "UTF-16"}}},
		{"UTF-16, no mark", BYTES("[\0a\0]\0\n\0"), "", {{1, "NUL"}, {2, "NUL"}}},
		{"half a mark", BYTES("\xff"), "", {{1, "UTF-8"}}},
		{"two thirds of a mark", BYTES("\xef\xbb"), "", {{1, "UTF-8"}}},
	};

	(void)state;
	check_rows(rows);
}

static void every_error_is_told(void **state)
{
	static const struct row rows[] = {
		{"one of each",
		 BYTES("x = 1\n[a]\n y 1\nz\nu = 1\n[b\nv = 1\nw;\n"),
		 "2 [a]\n5 a.u=1\n",
		 {{1, "before the first"},
		  {3, "\"name = value\""},
		  {4, "\"name = value\""},
		  {6, "closing bracket"},
		  {8, "\"name = value\""}}},
	};

	(void)state;
	check_rows(rows);
}

static void sections_need_no_listener(void **state)
{
	struct buffer CLEANUP(buffer_clear) events = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	struct ini_events reader = {.pair = note_pair, .userdata = &events};

	(void)state;
	assert_int_equal(ini_read("a.conf", BYTES("[a]\nx = 1\n"), &reader, &problems), 0);
	expect_text("events", events.data, "2 a.x=1\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_lines_are_read),
		cmocka_unit_test(broken_section_takes_its_pairs_with_it),
		cmocka_unit_test(broken_pair_is_reported_and_not_delivered),
		cmocka_unit_test(long_line_is_reported_whole),
		cmocka_unit_test(foreign_bytes_are_reported),
		cmocka_unit_test(every_error_is_told),
		cmocka_unit_test(sections_need_no_listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
