/* Paragraphs for a terminal of 80 columns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/wrap.h"

#include <string.h>

#define COLUMNS 80

void report_say_wrapped(struct report *report, const char *first, size_t indent, const char *text)
{
	size_t width = COLUMNS - indent;

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
