/* A file that this program writes: path, mode and finished bytes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan/artifact.h"

#include <string.h>

#include "base/text.h"

const char *const artifact_paths[] = {PATH_MODPROBE,
				      PATH_SYSCTL,
				      PATH_UDEV,
				      PATH_DROP_IN,
				      PATH_NAMESPACES_SERVICE,
				      PATH_NAMESPACES_BUILTIN,
				      PATH_NAMESPACES_CHECK,
				      PATH_NAMESPACES_RESTORE,
				      PATH_WITNESS_CHECK,
				      PATH_WITNESS_METRICS,
				      PATH_BOOT_MODPROBE,
				      PATH_BOOT_SYSCTL,
				      PATH_BOOT_UDEV,
				      PATH_BOOT_SIZES};
const size_t artifact_path_count = ARRAY_SIZE(artifact_paths);

bool artifact_is_of_boot(const char *path)
{
	return strncmp(path, "/run/", strlen("/run/")) == 0;
}

bool artifact_is_read_at(const char *path)
{
	static const char *const paths[] = {PATH_MODPROBE,	PATH_SYSCTL,	  PATH_UDEV,
					    PATH_BOOT_MODPROBE, PATH_BOOT_SYSCTL, PATH_BOOT_UDEV};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (strcmp(path, paths[i]) == 0)
			return true;
	return false;
}

bool artifact_is_recorded(const char *path)
{
	for (size_t i = 0; i < artifact_path_count; i++)
		if (strcmp(artifact_paths[i], path) == 0)
			return !artifact_is_of_boot(path);
	return false;
}

static bool lies_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return strncmp(path, directory, length) == 0 && path[length] == '/';
}

bool artifact_is_above(const char *directory)
{
	for (size_t i = 0; i < artifact_path_count; i++)
		if (!artifact_is_of_boot(artifact_paths[i]) &&
		    lies_below(artifact_paths[i], directory))
			return true;
	return strcmp(directory, PATH_REPLACED) == 0 || lies_below(PATH_REPLACED, directory);
}

int artifact_format_copy_path(const char *path, unsigned int number, char **ret)
{
	struct buffer b = {0};

	buffer_add(&b, PATH_REPLACED "/");
	for (path++; *path; path++)
		buffer_add_bytes(&b, *path == '/' ? "_" : path, 1);
	if (number > 0)
		buffer_printf(&b, ".%u", number);
	return buffer_steal(&b, ret, NULL);
}

/*
 * Allocates no memory, so that the check cannot fail for lack of it and a copy cannot be forgotten.
 */
bool artifact_is_copy_path(const char *path, const char *copy)
{
	if (!text_starts_with(copy, PATH_REPLACED "/"))
		return false;
	copy += strlen(PATH_REPLACED "/");
	for (path++; *path; path++, copy++)
		if (*copy != (*path == '/' ? '_' : *path))
			return false;
	if (*copy == '\0')
		return true;
	return copy[0] == '.' && copy[1] != '0' && strlen(copy) <= 4 && copy[1] != '\0' &&
	       strspn(copy + 1, "0123456789") == strlen(copy + 1);
}

int artifact_from_body(const char *path, struct buffer *body, struct artifact *ret)
{
	struct artifact artifact = {.path = path, .mode = ARTIFACT_MODE};
	struct buffer whole = {0};
	char *CLEANUP(free_pointer) text = NULL;
	size_t size;
	int error;

	error = buffer_steal(body, &text, &size);
	if (error < 0)
		return error;
	digest_add_signed(&whole, text, size);
	error = buffer_steal(&whole, &artifact.bytes, &artifact.size);
	if (error < 0)
		return error;
	digest_of(artifact.bytes, artifact.size, artifact.digest);
	*ret = artifact;
	return 0;
}

void artifact_done(struct artifact *artifact)
{
	free(artifact->bytes);
	*artifact = (struct artifact){0};
}
