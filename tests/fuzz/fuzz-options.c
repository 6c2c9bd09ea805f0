/*
 * Fuzz harness: any words as a command line. They are accepted or there is an error, and a second
 * run gives the same result.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORDS_MAX 64

/* Words end in NUL. */
static int split(char *text, const char *end, char **argv)
{
	static char program[] = "conntrack-persist";
	int argc = 0;

	argv[argc++] = program;
	for (; text < end && argc < WORDS_MAX; text += strlen(text) + 1)
		argv[argc++] = text;
	argv[argc] = NULL;
	return argc;
}

static void check_text(const char *text, const char *from, const char *to)
{
	if (text && (text < from || text > to))
		abort();
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_same(const struct options *a, const struct options *b)
{
	if (!is_same(a->verb, b->verb) || !is_same(a->config, b->config) ||
	    !is_same(a->root, b->root) || !is_same(a->netns, b->netns) || a->color != b->color ||
	    a->watch_seconds != b->watch_seconds || a->json != b->json || a->force != b->force)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *CLEANUP(free_pointer) copy = malloc(size + 1);
	struct options options[2] = {0};
	int results[2];

	if (!copy)
		return 0;
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	for (int i = 0; i < 2; i++) {
		struct buffer CLEANUP(buffer_clear) complaint = {0};
		char *argv[WORDS_MAX + 1];
		int argc = split(copy, copy + size, argv);

		results[i] = options_parse(argc, argv, &options[i], &complaint);
		if (results[i] < 0 ? results[i] != -EINVAL || !complaint.data
				   : complaint.data != NULL)
			abort();
		check_text(options[i].verb, copy, copy + size);
		check_text(options[i].config, copy, copy + size);
		check_text(options[i].root, copy, copy + size);
		check_text(options[i].netns, copy, copy + size);
		if (options[i].watch &&
		    (options[i].watch_seconds < 1 || options[i].watch_seconds > 3600))
			abort();
	}
	if (results[0] != results[1])
		abort();
	check_same(&options[0], &options[1]);
	return 0;
}
