/* The live values from before the first change: recorded, written as JSON, read back. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "model/installed/manifest-before.h"
#include "model/runtime/runtime-values.h"

void manifest_before_done(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->before_count; i++) {
		free(manifest->before[i].key);
		free(manifest->before[i].live);
	}
	free(manifest->before);
}

static bool has_before(const struct manifest *manifest, const char *key)
{
	for (size_t i = 0; i < manifest->before_count; i++)
		if (strcmp(manifest->before[i].key, key) == 0)
			return true;
	return false;
}

int manifest_add_before(struct manifest *manifest, const char *key, const char *live)
{
	struct before_value added = {0};

	if (has_before(manifest, key))
		return 0;
	if (array_grow(&manifest->before, manifest->before_count, sizeof(added)) < 0)
		return -ENOMEM;
	added.key = strdup(key);
	added.live = live ? strdup(live) : NULL;
	if (!added.key || (live && !added.live)) {
		free(added.key);
		free(added.live);
		return -ENOMEM;
	}
	manifest->before[manifest->before_count++] = added;
	return 0;
}

/*
 * Returns whether the text is a number as the kernel shows it. Old kernels show a max above INT_MAX
 * as a negative number.
 */
static bool is_live_text(const char *text)
{
	size_t length = strlen(text);

	text += text[0] == '-';
	return length < VALUE_TEXT_SIZE && *text && strspn(text, "0123456789") == strlen(text);
}

int manifest_before_parse(json_t *before, struct manifest *manifest)
{
	const char *key;
	json_t *item;

	if (!json_is_object(before) || json_object_size(before) > schema_count)
		return -EBADMSG;
	manifest->records_before = true;
	json_object_foreach(before, key, item)
	{
		const char *live = json_string_value(item);
		int error;

		if (strlen(key) >= sizeof(((struct value *)NULL)->key) || !text_is_plain(key) ||
		    (!live && !json_is_null(item)) || (live && !is_live_text(live)))
			return -EBADMSG;
		error = manifest_add_before(manifest, key, live);
		if (error < 0)
			return error;
	}
	return 0;
}

int manifest_before_format(const struct manifest *manifest, json_t *root)
{
	json_t *before;

	if (!manifest->records_before)
		return 0;
	before = json_object();
	if (json_object_set_new(root, "before", before) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < manifest->before_count; i++) {
		const struct before_value *value = &manifest->before[i];

		if (json_object_set_new(before, value->key,
					value->live ? json_string(value->live) : json_null()) < 0)
			return -ENOMEM;
	}
	return 0;
}

int manifest_before_copy(const struct manifest *from, struct manifest *to)
{
	int error = 0;

	to->records_before = from->records_before;
	for (size_t i = 0; i < from->before_count && error == 0; i++)
		error = manifest_add_before(to, from->before[i].key, from->before[i].live);
	return error;
}
