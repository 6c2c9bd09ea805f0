/* base/text: strict numbers, distances between words, character classes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "base/text.h"

static void numbers_are_plain_decimal_digits(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		int error;
		uint64_t number;
	} rows[] = {
		{"0", 0, 0, 0},
		{"7", 7, 0, 7},
		{"262144", UINT64_MAX, 0, 262144},
		{"18446744073709551615", UINT64_MAX, 0, UINT64_MAX},
		{"18446744073709551616", UINT64_MAX, -ERANGE, 0},
		{"99999999999999999999999", UINT64_MAX, -ERANGE, 0},
		{"8", 7, -ERANGE, 0},
		{"", 9, -EINVAL, 0},
		{"010", 100, -EINVAL, 0},
		{"00", 100, -EINVAL, 0},
		{"0x10", 100, -EINVAL, 0},
		{"-1", 100, -EINVAL, 0},
		{"+1", 100, -EINVAL, 0},
		{" 1", 100, -EINVAL, 0},
		{"1 ", 100, -EINVAL, 0},
		{"99999999999999999999999x", UINT64_MAX, -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t number = 4711;
		int error =
			text_parse_number(rows[i].text, strlen(rows[i].text), rows[i].max, &number);

		assert_int_equal(error, rows[i].error);
		assert_int_equal(number, error < 0 ? 4711 : rows[i].number);
	}
}

/* Digits that belong to the number end where the caller says, not at the NUL. */
static void number_ends_at_its_length(void **state)
{
	uint64_t number = 0;

	(void)state;
	assert_int_equal(text_parse_number("30s", 2, UINT64_MAX, &number), 0);
	assert_int_equal(number, 30);
}

static void only_safe_words_get_into_commands(void **state)
{
	static const char *const safe[] = {"6.1.0-13-amd64", "/etc/modprobe.d/a_b.conf", "x~", "+",
					   "img/vmlinuz"};
	static const char *const unsafe[] = {
		"",	"-rf",		"~root", "6.1;touch${IFS}$HOME;:$(id)",
		"a b",	"a\nb",		"a'b",	 "a\"b",
		"a\\b", "a*",		"{a,b}", "a=b",
		"a@b",	"a!b",		"#a",	 "\xc3\xa9",
		"a\tb", "\xe2\x80\xae", "a&b",	 "a|b",
		"`id`", "(a)",		"<a",	 "a%b"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(safe); i++)
		assert_true(text_is_safe_word(safe[i]));
	for (size_t i = 0; i < ARRAY_SIZE(unsafe); i++)
		assert_false(text_is_safe_word(unsafe[i]));
	assert_true(text_is_safe_line("", 0));
	assert_true(text_is_safe_line("hashsize=1 ports=21,2121 pre: a", 31));
	assert_true(text_is_safe_line("a;", 1));
	assert_false(text_is_safe_line("a=$(id)", 7));
	assert_false(text_is_safe_line("a\nb", 3));
	assert_false(text_is_safe_line("a\0b", 3));
}

static void distance_counts_single_edits(void **state)
{
	static const struct {
		const char *from, *to;
		size_t distance;
	} rows[] = {
		{"", "", 0},
		{"", "udp", 3},
		{"udp", "", 3},
		{"max", "max", 0},
		{"max", "mx", 1},
		{"mx", "max", 1},
		{"max", "mix", 1},
		{"kitten", "sitting", 3},
		{"hashsize", "hash_size", 1},
		{"tcp_established", "tcp_etsablished", 2},
		{"flaw", "lawn", 2},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_number(rows[i].from, text_distance(rows[i].from, rows[i].to),
			      rows[i].distance);
}

static void words_of_over_63_characters_are_never_near(void **state)
{
	char word[65];

	(void)state;
	memset(word, 'a', sizeof(word));
	word[64] = '\0';
	assert_true(text_distance(word, word) == SIZE_MAX);
	assert_true(text_distance(word, "a") == SIZE_MAX);
	assert_true(text_distance("a", word) == SIZE_MAX);
	word[63] = '\0';
	assert_int_equal(text_distance(word, word), 0);
	assert_int_equal(text_distance(word, ""), 63);
}

static void near_word_is_a_third_away_at_most_and_nearer_than_the_best(void **state)
{
	size_t best = SIZE_MAX;

	(void)state;
	assert_false(text_is_near("modprobe", "mode", &best));
	assert_true(best == SIZE_MAX);
	assert_true(text_is_near("hashsise", "hashsize", &best));
	assert_int_equal(best, 1);
	assert_false(text_is_near("hashsise", "hashsise_", &best));
	assert_true(text_is_near("hashsise", "hashsise", &best));
	assert_int_equal(best, 0);
}

static void prefixes_and_suffixes(void **state)
{
	(void)state;
	assert_true(text_starts_with("net.netfilter.x", "net."));
	assert_true(text_starts_with("net", "net"));
	assert_true(text_starts_with("net", ""));
	assert_false(text_starts_with("ne", "net"));
	assert_true(text_ends_with("25%", "%"));
	assert_true(text_ends_with("%", "%"));
	assert_true(text_ends_with("a", ""));
	assert_false(text_ends_with("%25", "%"));
	assert_false(text_ends_with("", "%"));
}

static void plain_is_printable_ascii(void **state)
{
	(void)state;
	assert_true(text_is_plain(""));
	assert_true(text_is_plain(" ~/etc/x.conf"));
	assert_false(text_is_plain("a\tb"));
	assert_false(text_is_plain("a\x1f"));
	assert_false(text_is_plain("a\x7f"));
	assert_false(text_is_plain("gr\xc3\xb6\xc3\x9f"
				   "e"));
}

static void control_characters_of_ascii(void **state)
{
	(void)state;
	assert_true(text_is_control('\0'));
	assert_true(text_is_control('\t'));
	assert_true(text_is_control('\x1f'));
	assert_true(text_is_control('\x7f'));
	assert_false(text_is_control(' '));
	assert_false(text_is_control('~'));
	assert_false(text_is_control('\x80'));
	assert_false(text_is_control('\xff'));
}

static void utf8_is_told_from_other_bytes(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		bool valid;
	} rows[] = {
		{BYTES(""), true},
		{BYTES("plain"), true},
		{BYTES("a\0b"), true},
		{BYTES("\x7f"), true},
		{BYTES("\xc2\x80"), true},
		{BYTES("\xdf\xbf"), true},
		{BYTES("\xe0\xa0\x80"), true},
		{BYTES("\xed\x9f\xbf"), true},
		{BYTES("\xee\x80\x80"), true},
		{BYTES("\xef\xbf\xbf"), true},
		{BYTES("\xf0\x90\x80\x80"), true},
		{BYTES("\xf4\x8f\xbf\xbf"), true},
		/* a following byte first, or none that may start one */
		{BYTES("\x80"), false},
		{BYTES("\xbf"), false},
		{BYTES("\xf5\x80\x80\x80"), false},
		{BYTES("\xff"), false},
		/* cut off, also in the middle */
		{BYTES("\xc3"), false},
		{BYTES("\xe2\x82"), false},
		{BYTES("\xf0\x90\x80"), false},
		{BYTES("\xc3("), false},
		{BYTES("\xe2\x82("), false},
		/* longer than it need be */
		{BYTES("\xc0\x80"), false},
		{BYTES("\xc1\xbf"), false},
		{BYTES("\xe0\x9f\xbf"), false},
		{BYTES("\xf0\x8f\xbf\xbf"), false},
		/* surrogates, and beyond the last character */
		{BYTES("\xed\xa0\x80"), false},
		{BYTES("\xed\xbf\xbf"), false},
		{BYTES("\xf4\x90\x80\x80"), false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (text_is_utf8(rows[i].bytes, rows[i].size) != rows[i].valid)
			fail_msg("row %zu is judged wrong", i);
}

static void words_are_parts_of_a_line(void **state)
{
	static const char text[] = " \t one two\tthree  \nfour";
	const char *position = text;
	struct text_word word = text_next_word(&position);

	(void)state;
	assert_int_equal(word.length, 3);
	assert_ptr_equal(word.text, text + 3);
	assert_true(text_word_is(&word, "one"));
	assert_false(text_word_is(&word, "on"));
	assert_false(text_word_is(&word, "one "));
	assert_false(text_word_is(&word, ""));
	word = text_next_word(&position);
	assert_true(text_word_is(&word, "two"));
	word = text_next_word(&position);
	assert_true(text_word_is(&word, "three"));
	/* the line ends, however often it is asked */
	for (int i = 0; i < 2; i++) {
		word = text_next_word(&position);
		assert_true(text_word_is(&word, ""));
		assert_int_equal(*position, '\n');
	}
	position++;
	word = text_next_word(&position);
	assert_true(text_word_is(&word, "four"));
	word = text_next_word(&position);
	assert_true(word.length == 0 && *position == '\0');
}

static void lines_are_numbered_and_the_last_one_needs_no_end(void **state)
{
	struct text_line line = {.next = "a\n\n \tb c\r\nd"};

	(void)state;
	assert_true(text_next_line(&line));
	assert_int_equal(line.length, 1);
	assert_true(text_next_line(&line));
	assert_int_equal(line.length, 0);
	assert_true(text_next_line(&line));
	text_trim_line(&line, " \t\r");
	assert_int_equal(line.length, 3);
	assert_memory_equal(line.text, "b c", 3);
	assert_true(text_next_line(&line));
	assert_int_equal(line.number, 4);
	assert_int_equal(line.length, 1);
	assert_false(text_next_line(&line));
	line = (struct text_line){.next = ""};
	assert_false(text_next_line(&line));
}

static void line_of_blanks_alone_is_trimmed_to_nothing(void **state)
{
	struct text_line line = {.next = " \t\nx"};

	(void)state;
	assert_true(text_next_line(&line));
	text_trim_line(&line, " \t");
	assert_int_equal(line.length, 0);
	assert_true(text_next_line(&line));
	assert_int_equal(*line.text, 'x');
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_plain_decimal_digits),
		cmocka_unit_test(lines_are_numbered_and_the_last_one_needs_no_end),
		cmocka_unit_test(line_of_blanks_alone_is_trimmed_to_nothing),
		cmocka_unit_test(number_ends_at_its_length),
		cmocka_unit_test(only_safe_words_get_into_commands),
		cmocka_unit_test(distance_counts_single_edits),
		cmocka_unit_test(words_of_over_63_characters_are_never_near),
		cmocka_unit_test(near_word_is_a_third_away_at_most_and_nearer_than_the_best),
		cmocka_unit_test(prefixes_and_suffixes),
		cmocka_unit_test(plain_is_printable_ascii),
		cmocka_unit_test(control_characters_of_ascii),
		cmocka_unit_test(utf8_is_told_from_other_bytes),
		cmocka_unit_test(words_are_parts_of_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
