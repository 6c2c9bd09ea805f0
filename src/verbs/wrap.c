/* Paragraphs as wide as the terminal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/wrap.h"

#include <string.h>

#include "host/terminal.h"

/* A narrower terminal breaks the lines by itself. */
#define COLUMNS_LEAST 40

void report_say_wrapped(struct report *report, const char *first, size_t indent, const char *text)
{
	unsigned int columns, lines;
	size_t width;

	terminal_size(&columns, &lines);
	width = (columns < COLUMNS_LEAST ? COLUMNS_LEAST : columns) - indent;
	while (strlen(text) > width) {
		size_t length = width;

		while (length > 0 && text[length] != ' ')
			length--;
		if (length == 0)
			break;
		report_say(report, "%-*s%.*s", (int)indent, first, (int)length, text);
		first = "";
		text += length + 1;
	}
	report_say(report, "%-*s%s", (int)indent, first, text);
}
