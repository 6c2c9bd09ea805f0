/* The manifest: the record of what was installed, from JSON to a struct and back. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/installed/manifest.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "model/config/schema.h"
#include "model/installed/manifest-before.h"
#include "model/plan/sizes.h"

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
	manifest_before_done(manifest);
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
	struct manifest_file *file;

	for (size_t i = 0; i < manifest->file_count; i++)
		if (strcmp(manifest->files[i].path, path) == 0)
			return &manifest->files[i];

	if (array_grow(&manifest->files, manifest->file_count, sizeof(*file)) < 0)
		return NULL;
	file = &manifest->files[manifest->file_count];
	*file = (struct manifest_file){.path = strdup(path)};
	if (!file->path)
		return NULL;
	manifest->file_count++;
	return file;
}

int manifest_put(struct manifest *manifest, const char *path, mode_t mode, const char *digest,
		 const char *replaced)
{
	struct manifest_file *file = find_or_add(manifest, path);
	char copy[DIGEST_SIZE] = "";

	if (!file)
		return -ENOMEM;
	/* The digest may point into the entry itself. */
	if (digest)
		(void)snprintf(copy, sizeof(copy), "%s", digest);
	memcpy(file->digest, copy, sizeof(copy));
	file->mode = mode;
	return replaced ? copy_text(&file->replaced, replaced) : 0;
}

int manifest_add_directory(struct manifest *manifest, const char *path)
{
	char *copy;

	for (size_t i = 0; i < manifest->directory_count; i++)
		if (strcmp(manifest->directories[i], path) == 0)
			return 0;
	if (array_grow(&manifest->directories, manifest->directory_count, sizeof(copy)) < 0)
		return -ENOMEM;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	manifest->directories[manifest->directory_count++] = copy;
	return 0;
}

/* Returns whether a run may have written the path: it is absolute, printable, and has no "..". */
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

static bool parse_mode(const char *text, mode_t *ret)
{
	size_t length = strlen(text);
	unsigned long bits;

	if (length < 1 || length > 5 || strspn(text, "01234567") != length)
		return false;
	bits = strtoul(text, NULL, 8);
	*ret = (mode_t)bits;
	return bits <= 07777;
}

static int unpack_error(const json_error_t *why)
{
	return json_error_code(why) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
}

static int parse_file(json_t *item, struct manifest *manifest)
{
	const char *path, *mode, *digest = NULL, *replaced = NULL;
	json_error_t why = {0};
	mode_t bits;

	if (json_unpack_ex(item, &why, 0, "{s:s, s:s, s?s, s?s}", "path", &path, "mode", &mode,
			   "sha256", &digest, "replaced", &replaced) < 0)
		return unpack_error(&why);
	if (!is_sound_path(path) || !parse_mode(mode, &bits) || (digest && !is_digest(digest)) ||
	    (replaced && !is_sound_path(replaced)) || manifest_find(manifest, path))
		return -EBADMSG;
	return manifest_put(manifest, path, bits, digest, replaced);
}

static int parse_directory(const json_t *item, struct manifest *manifest)
{
	const char *path = json_string_value(item);

	return is_sound_path(path) ? manifest_add_directory(manifest, path) : -EBADMSG;
}

static int parse_sizes(json_t *sizes, struct manifest *manifest)
{
	json_error_t why = {0};
	char *inputs;
	json_int_t ram, max, hashsize;

	if (json_unpack_ex(sizes, &why, 0, "{s:s, s:I, s:I, s:I}", "from", &inputs, "ram", &ram,
			   "max", &max, "hashsize", &hashsize) < 0)
		return unpack_error(&why);
	if (ram <= 0 || max <= 0 || max > INT_MAX || hashsize <= 0 || hashsize > HASHSIZE_MAX)
		return -EBADMSG;
	return sizes_copy(&(struct sizes){.inputs = inputs,
					  .ram = (uint64_t)ram,
					  .max = (uint64_t)max,
					  .hashsize = (uint64_t)hashsize},
			  &manifest->sizes);
}

static int parse_root(json_t *root, struct manifest *manifest)
{
	json_t *files, *directories, *sizes = NULL;
	json_error_t why = {0};
	int version, format = 0, error = 0;

	if (json_unpack_ex(root, &why, 0, "{s:i, s?i}", "version", &version, "format", &format) < 0)
		return unpack_error(&why);
	if (version > MANIFEST_VERSION || format > (int)MANIFEST_FORMAT)
		return -EPROTONOSUPPORT;
	if (json_unpack_ex(root, &why, 0, "{s:o, s:o, s?o}", "files", &files, "directories",
			   &directories, "sizes", &sizes) < 0)
		return unpack_error(&why);
	if (version != MANIFEST_VERSION || format < 0 || !json_is_array(files) ||
	    !json_is_array(directories))
		return -EBADMSG;
	manifest->format = (unsigned int)format;
	for (size_t i = 0; error == 0 && i < json_array_size(files); i++)
		error = parse_file(json_array_get(files, i), manifest);
	for (size_t i = 0; error == 0 && i < json_array_size(directories); i++)
		error = parse_directory(json_array_get(directories, i), manifest);
	if (error == 0 && json_object_get(root, "before"))
		error = manifest_before_parse(json_object_get(root, "before"), manifest);
	return error == 0 && sizes ? parse_sizes(sizes, manifest) : error;
}

/*
 * Parses JSON reliably. Without memory jansson takes a valid text for a wrong one, or drops a byte
 * of a string without an error, and a manifest read like that would lose a file that must be
 * restored. So the text is parsed twice, with a valid text in between.
 */
static int load_json(const char *bytes, size_t size, json_t **ret)
{
	json_t *CLEANUP(json_decrefp) first = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);
	json_t *CLEANUP(json_decrefp) sound = json_loads("{\"a\": [\"b\"]}", 0, NULL);
	json_t *CLEANUP(json_decrefp)
		second = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, NULL);

	if (!sound || !first != !second || (first && !json_equal(first, second)))
		return -ENOMEM;
	if (!first)
		return -EBADMSG;
	*ret = steal_pointer(&first);
	return 0;
}

int manifest_parse(const char *bytes, size_t size, struct manifest *ret)
{
	json_t *CLEANUP(json_decrefp) root = NULL;
	struct manifest manifest = {0};
	int error = size > MANIFEST_SIZE_MAX ? -EBADMSG : load_json(bytes, size, &root);

	if (error < 0)
		return error;
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
	(void)snprintf(mode, sizeof(mode), "%04o", (unsigned int)file->mode & 07777U);
	if (json_object_set_new(item, "mode", json_string(mode)) < 0 ||
	    (file->digest[0] &&
	     json_object_set_new(item, "sha256", json_string(file->digest)) < 0) ||
	    (file->replaced &&
	     json_object_set_new(item, "replaced", json_string(file->replaced)) < 0)) {
		json_decref(item);
		return NULL;
	}
	return item;
}

/*
 * Returns whether the formatted text is complete, because jansson ignores some failed allocations
 * and leaves members out.
 */
static bool is_whole(const json_t *root, const char *text)
{
	json_t *CLEANUP(json_decrefp) again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	return again && json_equal(root, again);
}

int manifest_format(const struct manifest *manifest, char **ret_bytes, size_t *ret_size)
{
	json_t *CLEANUP(json_decrefp) root =
		json_pack("{s:i, s:[], s:[]}", "version", MANIFEST_VERSION, "files", "directories");
	struct buffer b = {0};
	char *CLEANUP(free_pointer) text = NULL;

	if (!root || (manifest->format &&
		      json_object_set_new(root, "format", json_integer(manifest->format)) < 0))
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

	if (manifest_before_format(manifest, root) < 0)
		return -ENOMEM;
	text = json_dumps(root, JSON_INDENT(2));
	if (!text || !is_whole(root, text))
		return -ENOMEM;
	buffer_add(&b, text);
	buffer_add(&b, "\n");
	return buffer_steal(&b, ret_bytes, ret_size);
}
