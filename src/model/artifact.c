/* A file that the tool writes: path, mode, finished bytes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/artifact.h"

const char *const artifact_paths[] = {PATH_MODPROBE, PATH_SYSCTL, PATH_UDEV, PATH_DROP_IN};
const size_t artifact_path_count = ARRAY_SIZE(artifact_paths);

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
