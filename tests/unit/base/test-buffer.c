/* base/buffer: growing text, amounts for people, remembered failures. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/helpers.h"

#include <errno.h>

#include "base/buffer.h"

static void empty_buffer_gives_empty_text(void **state)
{
	struct buffer b = {0};
	char *CLEANUP(free_pointer) text = NULL;
	size_t length = 4711;

	(void)state;
	assert_null(b.data);
	assert_int_equal(buffer_steal(&b, &text, &length), 0);
	assert_string_equal(text, "");
	assert_int_equal(length, 0);
	assert_null(b.data);
}

static void additions_follow_each_other(void **state)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	(void)state;
	buffer_add(&b, "max");
	buffer_printf(&b, " = %d%s", 262144, "\n");
	buffer_add_bytes(&b, "a\0b", 3);
	assert_int_equal(b.length, 16);
	assert_memory_equal(b.data, "max = 262144\na\0b", 17);
}

static void text_grows_beyond_any_first_size(void **state)
{
	struct buffer b = {0};
	char *CLEANUP(free_pointer) text = NULL;
	char piece[300];
	size_t length;

	(void)state;
	memset(piece, 'x', sizeof(piece));
	for (int i = 0; i < 100; i++) {
		buffer_add_bytes(&b, piece, sizeof(piece));
		buffer_printf(&b, "%.*s", 255, piece);
	}
	assert_int_equal(buffer_steal(&b, &text, &length), 0);
	assert_int_equal(length, 55500);
	assert_int_equal(strspn(text, "x"), 55500);
}

/* The NUL has to fit as well where the text fills the buffer to the last byte. */
static void nul_fits_at_every_length(void **state)
{
	char piece[600];

	(void)state;
	memset(piece, 'x', sizeof(piece));
	for (size_t length = 250; length < 520; length++) {
		struct buffer CLEANUP(buffer_clear) added = {0}, printed = {0};

		buffer_add_bytes(&added, piece, length);
		buffer_printf(&printed, "%.*s", (int)length, piece);
		assert_int_equal(strlen(added.data), length);
		assert_int_equal(strlen(printed.data), length);
	}
}

/* No memory has this length: the buffer does not ask for it, and nothing overflows. */
static void half_of_the_memory_is_refused(void **state)
{
	const size_t lengths[] = {SIZE_MAX / 2 - 4, SIZE_MAX / 2 + 3, SIZE_MAX - 4, SIZE_MAX};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		buffer_add(&b, "some");
		buffer_add_bytes(&b, "", lengths[i]);
		assert_int_equal(b.error, -ENOMEM);
		expect_text("before", b.data, "some");
	}
}

static void failure_is_remembered(void **state)
{
	struct buffer b = {0};
	char *text = NULL;

	(void)state;
	buffer_add(&b, "some");
	buffer_add_bytes(&b, "", SIZE_MAX - 1);
	buffer_add(&b, "more");
	buffer_printf(&b, "%d", 1);
	assert_int_equal(b.length, 4);
	assert_int_equal(buffer_steal(&b, &text, NULL), -ENOMEM);
	assert_null(text);
	assert_null(b.data);
}

static void format_failure_is_remembered(void **state)
{
	static const wchar_t unprintable[] = {0x7fffffff, 0};
	struct buffer b = {0};
	char *text = NULL;

	(void)state;
	buffer_printf(&b, "%ls", unprintable);
	assert_int_equal(buffer_steal(&b, &text, NULL), -ENOMEM);
}

static void what_steers_a_terminal_is_not_shown(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{"", ""},
		{"nft inet filter\tinput", "nft inet filter\tinput"},
		{"\x1b]0;x\x07\n\r\x7f", "?]0;x????"},
		{"B\xc3\xbcro \xc2\xa0", "B\xc3\xbcro \xc2\xa0"},
		{"\xc2\x9b"
		 "2J",
		 "?2J"},
		/*
		 * Bidi, separators, what cannot be seen; letters whose last byte is that of a
		 * control stay.
		 */
		{"a\xe2\x80\xae"
		 "b\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c",
		 "a?b???"},
		{"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\x8b\xef\xbb\xbf\xe2\x81\xa0\xf3\xa0\x81\x81\xc2"
		 "\xad",
		 "???????"},
		{"\xd0\x9b\xe2\x80\x93\xf0\x9f\x98\x80", "\xd0\x9b\xe2\x80\x93\xf0\x9f\x98\x80"},
		/* No UTF-8: a letter that was cut off. */
		{"B\xc3\xbcr\xc3", "B??r?"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		buffer_add_shown(&b, rows[i].text, strlen(rows[i].text));
		expect_text(rows[i].text, b.data ? b.data : "", rows[i].shown);
	}
}

static void amounts_are_for_people(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{0, "0 B"},
		{1, "1 B"},
		{1023, "1023 B"},
		{1024, "1 KiB"},
		{1126, "1 KiB"},
		{1127, "1.1 KiB"},
		{1536, "1.5 KiB"},
		{2047, "1.9 KiB"},
		{65536, "64 KiB"},
		{1048575, "1023.9 KiB"},
		{1048576, "1 MiB"},
		{69206016, "66 MiB"},
		{1610612736, "1.5 GiB"},
		{4398046511104, "4 TiB"},
		{1125899906842624, "1 PiB"},
		{1152921504606846976, "1 EiB"},
		{UINT64_MAX, "15.9 EiB"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		buffer_add_amount(&b, rows[i].bytes);
		expect_text("amount", b.data, rows[i].text);
	}
}

static void counts_have_thousands_separators(void **state)
{
	static const struct {
		uint64_t count;
		const char *text;
	} rows[] = {
		{0, "0"},
		{7, "7"},
		{999, "999"},
		{1000, "1,000"},
		{12345, "12,345"},
		{262144, "262,144"},
		{4194304, "4,194,304"},
		{UINT64_MAX, "18,446,744,073,709,551,615"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		buffer_add_count(&b, rows[i].count);
		expect_text("count", b.data, rows[i].text);
	}
}

static void only_plain_numbers_get_separators(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{"", ""},
		{"-", "-"},
		{"7", "7"},
		{"65536", "65,536"},
		{"1000", "1,000"},
		{"999", "999"},
		{"-65536", "-65536"},
		{"065536", "065536"},
		{"65536 1", "65536 1"},
		{"0x10000", "0x10000"},
		{"18446744073709551615", "18,446,744,073,709,551,615"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buffer CLEANUP(buffer_clear) b = {0};

		buffer_add_bytes(&b, "", 0);
		buffer_add_number(&b, rows[i].text);
		assert_string_equal(b.data ? b.data : "", rows[i].shown);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_have_thousands_separators),
		cmocka_unit_test(only_plain_numbers_get_separators),
		cmocka_unit_test(empty_buffer_gives_empty_text),
		cmocka_unit_test(additions_follow_each_other),
		cmocka_unit_test(text_grows_beyond_any_first_size),
		cmocka_unit_test(nul_fits_at_every_length),
		cmocka_unit_test(half_of_the_memory_is_refused),
		cmocka_unit_test(failure_is_remembered),
		cmocka_unit_test(format_failure_is_remembered),
		cmocka_unit_test(what_steers_a_terminal_is_not_shown),
		cmocka_unit_test(amounts_are_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
