/* List of (file, line, severity, message): how pure code complains. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void problems_done(struct problems *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->items[i].file);
		free(p->items[i].text);
	}
	free(p->items);
	*p = (struct problems){0};
}

PRINTF_LIKE(1, 0) static char *format_text(const char *format, va_list args)
{
	va_list again;
	char *text = NULL;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length >= 0)
		text = malloc((size_t)length + 1);
	if (text)
		(void)vsnprintf(text, (size_t)length + 1, format, args);
	return text;
}

void problems_add(struct problems *p, enum severity severity, const char *file, unsigned int line,
		  const char *format, ...)
{
	struct problem item = {.severity = severity, .line = line};
	struct problem *items;
	va_list args;

	va_start(args, format);
	item.text = format_text(format, args);
	va_end(args);
	item.file = file ? strdup(file) : NULL;

	items = realloc(p->items, (p->count + 1) * sizeof(*items));
	if (items)
		p->items = items;
	if (!items || !item.text || (file && !item.file)) {
		p->out_of_memory = true;
		free(item.text);
		free(item.file);
		return;
	}
	p->items[p->count++] = item;
}

bool problems_have_error(const struct problems *p)
{
	if (p->out_of_memory)
		return true;
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].severity == SEVERITY_ERROR)
			return true;
	return false;
}
