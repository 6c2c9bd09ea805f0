/* A file that the tool writes: path, mode, finished bytes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/artifact.h"

#include <string.h>

const char *const artifact_paths[] = {PATH_MODPROBE,  PATH_SYSCTL,	  PATH_UDEV,
				      PATH_DROP_IN,   PATH_BOOT_MODPROBE, PATH_BOOT_SYSCTL,
				      PATH_BOOT_UDEV, PATH_BOOT_SIZES};
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
