/* A text in lines of a bounded width, as a terminal shows it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/paragraph.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/* Returns how many cells a terminal needs: the second and later bytes of a UTF-8 character take none. */
static size_t count_cells(const char *text, size_t length)
{
	size_t cells = 0;

	for (size_t i = 0; i < length; i++)
		cells += ((unsigned char)text[i] & 0xc0) != 0x80;
	return cells;
}

/* Returns the length of "PATH:LINE:" that the text begins with; 0: it begins with none. */
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

/* Whether the double quote at this place begins what is quoted. */
static bool opens_quote(const char *text, size_t at)
{
	return text[at] == '"' && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '(');
}

/* Whether a line should not end at the blank at text + at. */
static bool is_glue(const char *text, size_t at)
{
	static const char program[] = "conntrack-persist";
	const size_t length = sizeof(program) - 1;

	return text_starts_with(text + at, " --") || text_starts_with(text + at, " = ") ||
	       (at >= 2 && memcmp(text + at - 2, " = ", 3) == 0) ||
	       (at >= length && memcmp(text + at - length, program, length) == 0 &&
		(at == length || text[at - length - 1] == ' '));
}

/* Returns the length up to the next blank that does not stand between double quotes. */
static size_t find_blank(const char *text, size_t from)
{
	const char *close;

	while (text[from] && text[from] != ' ') {
		close = opens_quote(text, from) ? strchr(text + from + 1, '"') : NULL;
		from = close ? (size_t)(close - text) + 1 : from + 1;
	}
	return from;
}

/* Returns the length of what one line takes undivided: a word, or several that belong together and fit in `room` cells. */
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
	while (*text) {
		size_t length = find_unit(text, starts ? find_place_end(text) : 0, room);
		size_t cells = count_cells(text, length);
		size_t blank = starts ? 0 : 1;

		/* What no line has room for is moved away from other words alone. */
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
