/* Prints paragraphs as wide as the terminal, or 80 columns wide without a terminal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/wrap.h"

#include <string.h>

#include "base/paragraph.h"
#include "host/terminal.h"

void report_say_wrapped(struct report *report, const char *first, size_t indent, const char *text)
{
	struct buffer CLEANUP(buffer_clear) shown = {0};
	struct buffer CLEANUP(buffer_clear) lines = {0};
	unsigned int columns, height;

	terminal_size(&columns, &height);
	buffer_add_shown(&shown, text, strlen(text));
	buffer_printf(&lines, "%-*s", (int)indent, first);
	paragraph_add(&lines, shown.data ? shown.data : "",
		      &(struct paragraph){
			      .width = columns < COLUMNS_LEAST ? COLUMNS_LEAST : columns,
			      .indent = indent,
			      .used = indent,
		      });
	if (shown.error < 0 || lines.error < 0)
		report_set_incomplete(report);
	report_say_lines(report, lines.data ? lines.data : "");
}
