/*
 * Fuzz harness: any bytes as commands; what is found is no longer than the text and has a line of
 * it.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/shell-lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bounds {
	size_t size;
	unsigned int lines;
	size_t told; /* bytes of all names and values */
};

static int note(struct bounds *bounds, unsigned int line, const char *text)
{
	if (line < 1 || line > bounds->lines || strlen(text) > bounds->size)
		abort();
	bounds->told += strlen(text);
	return 0;
}

static int visit_setting(void *data, const struct shell_setting *setting)
{
	(void)note(data, setting->line, setting->name);
	/* The phrase "the output of a command" may be longer than the text that it replaces. */
	return setting->computed ? 0 : note(data, setting->line, setting->value);
}

static int visit_text(void *data, unsigned int line, const char *text)
{
	return note(data, line, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 64);
	struct bounds bounds = {.size = size + 64, .lines = 1};
	const struct shell_visitor visitor = {visit_setting, &bounds,	 visit_text,
					      visit_text,    visit_text, &bounds};

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	for (size_t i = 0; i < size; i++)
		bounds.lines += text[i] == '\n';
	if (shell_read(text, size, 1, SHELL_SCRIPT, &visitor) < 0 ||
	    shell_read(text, size, 1, SHELL_ARGUMENTS, &visitor) < 0)
		abort();
	free(text);
	return 0;
}
