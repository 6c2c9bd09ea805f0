/* Small pieces of text work: strict numbers, distances between words, character classes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/text.h"

#include <errno.h>
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

bool text_is_near(const char *word, const char *candidate, size_t *inout_best)
{
	size_t distance = text_distance(word, candidate);
	size_t limit = strlen(candidate) / 3 + 1;

	if (distance > limit || distance >= *inout_best)
		return false;
	*inout_best = distance;
	return true;
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

/* How many bytes the sequence starting with this byte has; 0: none may start with it. *ret_bits: the first byte's. */
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

bool text_is_utf8(const char *text, size_t length)
{
	static const unsigned long smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t i = 0;

	while (i < length) {
		unsigned long point = 0;
		size_t bytes = utf8_length((unsigned char)text[i], &point);

		if (bytes == 0 || bytes > length - i)
			return false;
		for (size_t k = 1; k < bytes; k++) {
			unsigned char next = (unsigned char)text[i + k];

			if ((next & 0xc0) != 0x80)
				return false;
			point = point << 6 | (next & 0x3fU);
		}
		if (point < smallest[bytes] || point > 0x10ffff ||
		    (point >= 0xd800 && point < 0xe000))
			return false;
		i += bytes;
	}
	return true;
}

size_t text_steering_bytes(const char *text, bool is_utf8)
{
	unsigned char byte = (unsigned char)*text;

	if (byte == '\t')
		return 0;
	if (byte == 0xc2 && is_utf8)
		return (unsigned char)text[1] < 0xa0 ? 2 : 0;
	return text_is_control(*text) || (byte > 0x7f && !is_utf8);
}

struct text_word text_next_word(const char **position)
{
	struct text_word word = {*position + strspn(*position, " \t"), 0};

	word.length = strcspn(word.text, " \t\n");
	*position = word.text + word.length;
	return word;
}

bool text_word_is(const struct text_word *word, const char *text)
{
	return word->length == strlen(text) && strncmp(word->text, text, word->length) == 0;
}
