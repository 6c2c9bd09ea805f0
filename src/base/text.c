/* Small text functions: strict numbers, distances of words, character classes, words of a line. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 63

int text_parse_number(const char *text, size_t length, uint64_t max, uint64_t *ret)
{
	uint64_t number = 0;
	bool over = false;

	if (length == 0 || (length > 1 && text[0] == '0'))
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		uint64_t digit;

		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		digit = (uint64_t)(text[i] - '0');
		if (over || number > (UINT64_MAX - digit) / 10)
			over = true;
		else
			number = number * 10 + digit;
	}
	if (over || number > max)
		return -ERANGE;
	*ret = number;
	return 0;
}

struct text_count text_count(uint64_t count)
{
	struct text_count result = {0};
	char digits[sizeof("18446744073709551615")], *to = result.text;
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, count);

	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return result;
}

struct text_amount text_amount(uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	struct text_amount result = {0};
	size_t unit = 0;
	unsigned int whole, tenths;

	while (unit + 1 < ARRAY_SIZE(units) && bytes >> (10 * (unit + 1)) > 0)
		unit++;
	whole = (unsigned int)(bytes >> (10 * unit));
	/* The rest is taken from the unit below. */
	tenths = unit == 0 ? 0 : (unsigned int)((bytes >> (10 * (unit - 1))) & 1023) * 10 / 1024;
	if (tenths)
		(void)snprintf(result.text, sizeof(result.text), "%u.%u %s", whole, tenths,
			       units[unit]);
	else
		(void)snprintf(result.text, sizeof(result.text), "%u %s", whole, units[unit]);
	return result;
}

size_t text_distance(const char *from, const char *to)
{
	size_t row[WORD_MAX + 1];
	size_t from_length = strlen(from), to_length = strlen(to);

	if (from_length > WORD_MAX || to_length > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= to_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= from_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= to_length; j++) {
			size_t best = diagonal + (from[i - 1] != to[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[to_length];
}

bool text_is_nearer(const char *word, const char *candidate, size_t *inout_best)
{
	size_t distance = text_distance(word, candidate);

	if (distance >= *inout_best)
		return false;
	*inout_best = distance;
	return true;
}

bool text_is_near(const char *word, const char *candidate, size_t *inout_best)
{
	return text_distance(word, candidate) <= strlen(candidate) / 3 + 1 &&
	       text_is_nearer(word, candidate, inout_best);
}

bool text_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix)
{
	size_t length = strlen(text), tail = strlen(suffix);

	return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

bool text_is_control(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte < 0x20 || byte == 0x7f;
}

bool text_is_plain(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

/*
 * Returns how many bytes a UTF-8 sequence with this first byte has, or 0 if no sequence starts with
 * it. Sets *ret_bits to the bits of the code point that the first byte holds.
 */
static size_t utf8_length(unsigned char first, unsigned long *ret_bits)
{
	if (first < 0x80) {
		*ret_bits = first;
		return 1;
	}
	if (first >= 0xc2 && first < 0xe0) {
		*ret_bits = first & 0x1fU;
		return 2;
	}
	if (first >= 0xe0 && first < 0xf0) {
		*ret_bits = first & 0x0fU;
		return 3;
	}
	if (first >= 0xf0 && first < 0xf5) {
		*ret_bits = first & 0x07U;
		return 4;
	}
	return 0;
}

/*
 * Decodes the first character of the text. Returns its length in bytes, or 0 if it is not valid
 * UTF-8.
 */
static size_t decode(const char *text, size_t length, unsigned long *ret_point)
{
	static const unsigned long smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned long point = 0;
	size_t bytes = utf8_length((unsigned char)text[0], &point);

	if (bytes == 0 || bytes > length)
		return 0;
	for (size_t k = 1; k < bytes; k++) {
		unsigned char next = (unsigned char)text[k];

		if ((next & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (next & 0x3fU);
	}
	if (point < smallest[bytes] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return 0;
	*ret_point = point;
	return bytes;
}

bool text_is_utf8(const char *text, size_t length)
{
	unsigned long point;

	for (size_t i = 0, bytes; i < length; i += bytes) {
		bytes = decode(text + i, length - i, &point);
		if (bytes == 0)
			return false;
	}
	return true;
}

/*
 * Returns whether a character is invisible or changes how the text around it is shown: control
 * characters, separators of lines and paragraphs, interlinear annotations, and
 * Default_Ignorable_Code_Point of Unicode 15 (DerivedCoreProperties.txt).
 */
static bool is_steering(unsigned long point)
{
	static const struct {
		unsigned long first, last;
	} ranges[] = {
		{0x00, 0x08},	  {0x0a, 0x1f},	      {0x7f, 0x9f},	  {0xad, 0xad},
		{0x34f, 0x34f},	  {0x61c, 0x61c},     {0x115f, 0x1160},	  {0x17b4, 0x17b5},
		{0x180b, 0x180f}, {0x200b, 0x200f},   {0x2028, 0x202e},	  {0x2060, 0x206f},
		{0x3164, 0x3164}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},	  {0xffa0, 0xffa0},
		{0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

size_t text_next_character(const char *text, size_t length, bool is_utf8, bool *ret_harmless)
{
	unsigned long point = (unsigned char)text[0];
	size_t bytes = is_utf8 ? decode(text, length, &point) : 1;

	*ret_harmless = (is_utf8 || point < 0x80) && !is_steering(point);
	return bytes;
}

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

bool text_is_safe_word(const char *text)
{
	return text[0] && !strchr("-~", text[0]) &&
	       text[strspn(text, LETTERS_AND_DIGITS "._+~/-")] == '\0';
}

bool text_is_safe_line(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!text[i] || !strchr(LETTERS_AND_DIGITS "._+/- =,:", text[i]))
			return false;
	return true;
}

struct text_word text_next_word(const char **position)
{
	struct text_word word = {*position + strspn(*position, " \t"), 0};

	word.length = strcspn(word.text, " \t\n");
	*position = word.text + word.length;
	return word;
}

bool text_next_line(struct text_line *line)
{
	if (!*line->next)
		return false;
	line->text = line->next;
	line->length = strcspn(line->text, "\n");
	line->number++;
	line->next += line->length + (line->text[line->length] == '\n');
	return true;
}

void text_trim(struct text_word *word, const char *blanks)
{
	while (word->length > 0 && strchr(blanks, *word->text)) {
		word->text++;
		word->length--;
	}
	while (word->length > 0 && strchr(blanks, word->text[word->length - 1]))
		word->length--;
}

void text_trim_line(struct text_line *line, const char *blanks)
{
	struct text_word word = {line->text, line->length};

	text_trim(&word, blanks);
	line->text = word.text;
	line->length = word.length;
}

bool text_split(const struct text_line *line, const char *separators, struct text_word *ret_key,
		struct text_word *ret_value)
{
	size_t length = 0;

	while (length < line->length && !strchr(separators, line->text[length]))
		length++;
	if (length == line->length)
		return false;
	*ret_key = (struct text_word){line->text, length};
	*ret_value = (struct text_word){line->text + length + 1, line->length - length - 1};
	text_trim(ret_key, " \t\r");
	text_trim(ret_value, " \t\r");
	return true;
}

bool text_word_is(const struct text_word *word, const char *text)
{
	return word->length == strlen(text) && strncmp(word->text, text, word->length) == 0;
}
