/* Breaks a text into lines of a bounded width, for a terminal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/paragraph.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/*
 * Returns how many cells of a terminal the text fills. Only the first byte of a UTF-8 character
 * counts.
 */
static size_t count_cells(const char *text, size_t length)
{
	size_t cells = 0;

	for (size_t i = 0; i < length; i++)
		cells += ((unsigned char)text[i] & 0xc0) != 0x80;
	return cells;
}

/*
 * Returns the length of the "PATH:LINE:" at the start of the text, or 0 if the text starts with
 * none.
 */
static size_t find_place_end(const char *text)
{
	const char *colon = text[0] == '/' ? strchr(text, ':') : NULL;

	for (; colon; colon = strchr(colon + 1, ':')) {
		size_t digits = strspn(colon + 1, "0123456789");

		if (digits > 0 && colon[1 + digits] == ':')
			return (size_t)(colon - text) + digits + 2;
	}
	return 0;
}

/* Returns whether the character at this index is an opening double quote. */
static bool opens_quote(const char *text, size_t at)
{
	return text[at] == '"' && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '(');
}

/* Returns whether the words on both sides of the blank at text + at must stay on one line. */
static bool is_glue(const char *text, size_t at)
{
	static const char program[] = "conntrack-persist";
	const size_t length = sizeof(program) - 1;

	return text_starts_with(text + at, " --") || text_starts_with(text + at, " = ") ||
	       (at >= 2 && memcmp(text + at - 2, " = ", 3) == 0) ||
	       (at >= length && memcmp(text + at - length, program, length) == 0 &&
		(at == length || text[at - length - 1] == ' '));
}

/* Returns the index of the next blank outside of double quotes. */
static size_t find_blank(const char *text, size_t from)
{
	const char *close;

	while (text[from] && text[from] != ' ') {
		close = opens_quote(text, from) ? strchr(text + from + 1, '"') : NULL;
		from = close ? (size_t)(close - text) + 1 : from + 1;
	}
	return from;
}

/*
 * Returns the length of the part that stays on one line: one word, or several words that belong
 * together if they fit in `room` cells.
 */
static size_t find_unit(const char *text, size_t place_end, size_t room)
{
	size_t end = find_blank(text, place_end);

	while (text[end] && is_glue(text, end))
		end = find_blank(text, end + 1);
	return count_cells(text, end) <= room ? end : strcspn(text, " ");
}

void paragraph_add(struct buffer *b, const char *text, const struct paragraph *shape)
{
	size_t room = shape->width - shape->indent, used = shape->used;
	bool starts = true;

	if (shape->width == 0) {
		buffer_add(b, text);
		return;
	}
	for (; *text == ' '; text++, used++)
		buffer_add(b, " ");
	assert(shape->indent < shape->width);
	while (*text) {
		size_t length = find_unit(text, starts ? find_place_end(text) : 0, room);
		size_t cells = count_cells(text, length);
		size_t blank = starts ? 0 : 1;

		/*
		 * A part that is wider than any line gets no line of its own at the start, because
		 * that would not make it fit.
		 */
		if (used + blank + cells > shape->width && (!starts || cells <= room)) {
			buffer_printf(b, "\n%*s", (int)shape->indent, "");
			used = shape->indent;
		} else {
			buffer_add(b, starts ? "" : " ");
			used += blank;
		}
		buffer_add_bytes(b, text, length);
		used += cells;
		text += length + (text[length] == ' ');
		starts = false;
	}
}
