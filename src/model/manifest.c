/* Record of what was installed: JSON text to struct and back. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/manifest.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/text.h"

#define MANIFEST_VERSION 1

void manifest_done(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->file_count; i++) {
		free(manifest->files[i].path);
		free(manifest->files[i].replaced);
	}
	for (size_t i = 0; i < manifest->directory_count; i++)
		free(manifest->directories[i]);
	free(manifest->files);
	free(manifest->directories);
	free(manifest->sizes.inputs);
	*manifest = (struct manifest){0};
}

const struct manifest_file *manifest_find(const struct manifest *manifest, const char *path)
{
	for (size_t i = 0; i < manifest->file_count; i++)
		if (strcmp(manifest->files[i].path, path) == 0)
			return &manifest->files[i];
	return NULL;
}

static int copy_text(char **slot, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	free(*slot);
	*slot = copy;
	return 0;
}

static struct manifest_file *find_or_add(struct manifest *manifest, const char *path)
{
	struct manifest_file *files;

	for (size_t i = 0; i < manifest->file_count; i++)
		if (strcmp(manifest->files[i].path, path) == 0)
			return &manifest->files[i];

	files = realloc(manifest->files, (manifest->file_count + 1) * sizeof(*files));
	if (!files)
		return NULL;
	manifest->files = files;
	files[manifest->file_count] = (struct manifest_file){.path = strdup(path)};
	if (!files[manifest->file_count].path)
		return NULL;
	return &files[manifest->file_count++];
}

int manifest_put(struct manifest *manifest, const char *path, mode_t mode, const char *digest,
		 const char *replaced)
{
	struct manifest_file *file = find_or_add(manifest, path);

	if (!file)
		return -ENOMEM;
	file->mode = mode;
	memset(file->digest, 0, sizeof(file->digest));
	if (digest)
		strncpy(file->digest, digest, sizeof(file->digest) - 1);
	return replaced ? copy_text(&file->replaced, replaced) : 0;
}

int manifest_add_directory(struct manifest *manifest, const char *path)
{
	char **directories;

	for (size_t i = 0; i < manifest->directory_count; i++)
		if (strcmp(manifest->directories[i], path) == 0)
			return 0;
	directories = realloc(manifest->directories,
			      (manifest->directory_count + 1) * sizeof(*directories));
	if (!directories)
		return -ENOMEM;
	manifest->directories = directories;
	directories[manifest->directory_count] = strdup(path);
	if (!directories[manifest->directory_count])
		return -ENOMEM;
	manifest->directory_count++;
	return 0;
}

int manifest_keep_sizes(struct manifest *manifest, const char *inputs, uint64_t ram, uint64_t max,
			uint64_t hashsize)
{
	int error = copy_text(&manifest->sizes.inputs, inputs);

	if (error < 0)
		return error;
	manifest->sizes.ram = ram;
	manifest->sizes.max = max;
	manifest->sizes.hashsize = hashsize;
	return 0;
}

/* A path that a run may have written: absolute, plain, with no way out of its directory. */
static bool is_sound_path(const char *path)
{
	return path && path[0] == '/' && text_is_plain(path) && !strstr(path, "/../") &&
	       !text_ends_with(path, "/..") && !text_ends_with(path, "/");
}

static bool is_digest(const char *text)
{
	return text && strlen(text) == DIGEST_SIZE - 1 &&
	       strspn(text, "0123456789abcdef") == DIGEST_SIZE - 1;
}

static int parse_file(const json_t *item, struct manifest *manifest)
{
	const char *path = json_string_value(json_object_get(item, "path"));
	const char *digest = json_string_value(json_object_get(item, "sha256"));
	const char *replaced = json_string_value(json_object_get(item, "replaced"));
	const char *mode = json_string_value(json_object_get(item, "mode"));
	char *end = NULL;
	unsigned long bits = mode ? strtoul(mode, &end, 8) : 0;

	if (!is_sound_path(path) || (digest && !is_digest(digest)) ||
	    (replaced && !is_sound_path(replaced)))
		return -EBADMSG;
	if (mode && (!*mode || *end || bits > 07777))
		return -EBADMSG;
	return manifest_put(manifest, path, (mode_t)bits, digest, replaced);
}

static int parse_sizes(const json_t *sizes, struct manifest *manifest)
{
	const char *inputs = json_string_value(json_object_get(sizes, "from"));
	json_int_t ram = json_integer_value(json_object_get(sizes, "ram"));
	json_int_t max = json_integer_value(json_object_get(sizes, "max"));
	json_int_t hashsize = json_integer_value(json_object_get(sizes, "hashsize"));

	if (!inputs || ram <= 0 || max <= 0 || hashsize <= 0)
		return -EBADMSG;
	return manifest_keep_sizes(manifest, inputs, (uint64_t)ram, (uint64_t)max,
				   (uint64_t)hashsize);
}

static int parse_root(const json_t *root, struct manifest *manifest)
{
	const json_t *sizes = json_object_get(root, "sizes");
	const json_t *item;
	size_t i;
	int error;

	if (json_integer_value(json_object_get(root, "version")) != MANIFEST_VERSION)
		return -EBADMSG;
	json_array_foreach(json_object_get(root, "files"), i, item)
	{
		error = parse_file(item, manifest);
		if (error < 0)
			return error;
	}
	json_array_foreach(json_object_get(root, "directories"), i, item)
	{
		if (!is_sound_path(json_string_value(item)))
			return -EBADMSG;
		error = manifest_add_directory(manifest, json_string_value(item));
		if (error < 0)
			return error;
	}
	return sizes ? parse_sizes(sizes, manifest) : 0;
}

int manifest_parse(const char *bytes, size_t size, struct manifest *ret)
{
	json_t *CLEANUP(json_decrefp) root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
	struct manifest manifest = {0};
	int error;

	if (!root)
		return -EBADMSG;
	error = parse_root(root, &manifest);
	if (error < 0) {
		manifest_done(&manifest);
		return error;
	}
	*ret = manifest;
	return 0;
}

static json_t *format_file(const struct manifest_file *file)
{
	char mode[8];
	json_t *item = json_pack("{s:s}", "path", file->path);

	if (!item)
		return NULL;
	(void)snprintf(mode, sizeof(mode), "%04o", (unsigned int)file->mode);
	(void)json_object_set_new(item, "mode", json_string(mode));
	if (file->digest[0])
		(void)json_object_set_new(item, "sha256", json_string(file->digest));
	if (file->replaced)
		(void)json_object_set_new(item, "replaced", json_string(file->replaced));
	return item;
}

int manifest_format(const struct manifest *manifest, char **ret_bytes, size_t *ret_size)
{
	json_t *CLEANUP(json_decrefp) root =
		json_pack("{s:i, s:[], s:[]}", "version", MANIFEST_VERSION, "files", "directories");
	struct buffer b = {0};
	char *CLEANUP(free_pointer) text = NULL;

	if (!root)
		return -ENOMEM;
	for (size_t i = 0; i < manifest->file_count; i++)
		if (json_array_append_new(json_object_get(root, "files"),
					  format_file(&manifest->files[i])) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < manifest->directory_count; i++)
		if (json_array_append_new(json_object_get(root, "directories"),
					  json_string(manifest->directories[i])) < 0)
			return -ENOMEM;
	if (manifest->sizes.inputs &&
	    json_object_set_new(root, "sizes",
				json_pack("{s:s, s:I, s:I, s:I}", "from", manifest->sizes.inputs,
					  "ram", (json_int_t)manifest->sizes.ram, "max",
					  (json_int_t)manifest->sizes.max, "hashsize",
					  (json_int_t)manifest->sizes.hashsize)) < 0)
		return -ENOMEM;

	text = json_dumps(root, JSON_INDENT(2));
	if (!text)
		return -ENOMEM;
	buffer_add(&b, text);
	buffer_add(&b, "\n");
	return buffer_steal(&b, ret_bytes, ret_size);
}
