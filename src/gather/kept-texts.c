/* The texts of files that several steps of a run read, so that each file is opened once. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/kept-texts.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare_paths(const void *a, const void *b)
{
	const struct kept_text *left = a, *right = b;

	return strcmp(left->path, right->path);
}

static void kept_text_free(void *pointer)
{
	struct kept_text *text = pointer;

	free_const(text->path);
	free_const(text->text);
	free(text);
}

void kept_texts_done(struct kept_texts *texts)
{
	tdestroy(texts->tree, kept_text_free);
	*texts = (struct kept_texts){0};
}

const struct kept_text *kept_texts_find(const struct kept_texts *texts, const char *path)
{
	const struct kept_text wanted = {.path = path};
	const struct kept_text *const *node = tfind(&wanted, &texts->tree, compare_paths);

	return node ? *node : NULL;
}

/* Returns a copy that ends in NUL, or NULL. */
static char *copy_bytes(const char *bytes, size_t size)
{
	char *copy = malloc(size + 1);

	if (!copy)
		return NULL;
	memcpy(copy, bytes, size);
	copy[size] = '\0';
	return copy;
}

int kept_text_copy(const struct kept_text *text, char **ret)
{
	char *copy = copy_bytes(text->text, text->size);

	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}

void kept_texts_keep(struct kept_texts *texts, const struct kept_text *text)
{
	struct kept_text *kept;

	if (text->size > KEPT_BYTES_MAX - texts->bytes)
		return;
	kept = calloc(1, sizeof(*kept));
	if (!kept)
		return;
	*kept = (struct kept_text){strdup(text->path), copy_bytes(text->text, text->size),
				   text->size, text->runs};
	if (!kept->path || !kept->text || !tsearch(kept, &texts->tree, compare_paths)) {
		kept_text_free(kept);
		return;
	}
	texts->bytes += text->size;
}
