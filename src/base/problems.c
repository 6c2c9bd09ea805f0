/* A list of problems (severity, file, line, text) that code without I/O reports to its caller. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/problems.h"
#include "base/array.h"

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

/*
 * Replaces the end of a text that was cut by " ..."; does not leave half a UTF-8 character before
 * it.
 */
static void mark_cut(char *text)
{
	size_t end = PROBLEM_TEXT_MAX - strlen(" ...");

	while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
		end--;
	(void)snprintf(text + end, PROBLEM_TEXT_MAX + 1 - end, " ...");
}

PRINTF_LIKE(1, 0) static char *format_text(const char *format, va_list args)
{
	va_list again;
	char *text = NULL;
	size_t size = PROBLEM_TEXT_MAX + 1;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		return NULL;
	if ((size_t)length < size)
		size = (size_t)length + 1;
	text = malloc(size);
	if (text)
		(void)vsnprintf(text, size, format, args);
	if (text && (size_t)length >= size)
		mark_cut(text);
	return text;
}

void problems_add(struct problems *p, enum severity severity, const char *file, unsigned int line,
		  const char *format, ...)
{
	struct problem item = {.severity = severity, .line = line};
	bool room = problems_have_room(p, severity);
	va_list args;

	p->counts[severity]++;
	if (!room)
		return;
	va_start(args, format);
	item.text = format_text(format, args);
	va_end(args);
	item.file = file ? strdup(file) : NULL;
	if (!item.text || (file && !item.file) ||
	    array_grow(&p->items, p->count, sizeof(item)) < 0) {
		p->out_of_memory = true;
		free(item.text);
		free(item.file);
		return;
	}
	p->items[p->count++] = item;
}

bool problems_have_room(const struct problems *p, enum severity severity)
{
	return p->counts[severity] < PROBLEMS_MAX;
}

size_t problems_left_out(const struct problems *p, enum severity severity)
{
	return p->counts[severity] > PROBLEMS_MAX ? p->counts[severity] - PROBLEMS_MAX : 0;
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
