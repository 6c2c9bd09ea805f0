/* What on this host uses conntrack: the list of findings. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/uses.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

void uses_done(struct uses *uses)
{
	for (size_t i = 0; i < uses->count; i++) {
		free(uses->items[i].name);
		free(uses->items[i].evidence);
	}
	free(uses->items);
	*uses = (struct uses){0};
}

/* Names of tables, files and processes are anybody's words. NULL: out of memory. */
static char *shown(const char *text)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	char *plain;

	buffer_add_shown(&b, text, strlen(text));
	return buffer_steal(&b, &plain, NULL) < 0 ? NULL : plain;
}

PRINTF_LIKE(1, 0) static char *format_text(const char *format, va_list args)
{
	char text[512];

	(void)vsnprintf(text, sizeof(text), format, args);
	return shown(text);
}

static bool is_known(const struct uses *uses, const struct use *use)
{
	for (size_t i = 0; i < uses->count; i++)
		if (strcmp(uses->items[i].kind, use->kind) == 0 &&
		    strcmp(uses->items[i].name, use->name) == 0 &&
		    strcmp(uses->items[i].evidence, use->evidence) == 0)
			return true;
	return false;
}

void uses_add(struct uses *uses, const struct use_heading *heading, const char *format, ...)
{
	struct use item = {heading->certainty, heading->kind, NULL, NULL, heading->breaks};
	struct use *items;
	va_list args;

	va_start(args, format);
	item.evidence = format_text(format, args);
	va_end(args);
	item.name = shown(heading->name);
	if (item.name && item.evidence && is_known(uses, &item)) {
		free(item.name);
		free(item.evidence);
		return;
	}
	items = realloc(uses->items, (uses->count + 1) * sizeof(*items));
	if (items)
		uses->items = items;
	if (!items || !item.name || !item.evidence) {
		uses->out_of_memory = true;
		free(item.name);
		free(item.evidence);
		return;
	}
	uses->items[uses->count++] = item;
}

size_t uses_count(const struct uses *uses, enum certainty certainty)
{
	size_t count = 0;

	for (size_t i = 0; i < uses->count; i++)
		count += uses->items[i].certainty == certainty;
	return count;
}
