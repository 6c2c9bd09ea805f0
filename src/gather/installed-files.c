/* Reads what was installed: our files, the manifest, the sizes of this boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/installed-files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gather/gathering.h"
#include "model/plan/boot-sizes.h"

void observed_done(struct observed *observed)
{
	for (size_t i = 0; i < observed->path_count; i++)
		observed_file_clear(&observed->paths[i].file);
	free(observed->paths);
	observed_file_clear(&observed->manifest_file);
	manifest_done(&observed->manifest);
	problems_done(&observed->problems);
	free(observed->boot.inputs);
	*observed = (struct observed){0};
}

static int read_manifest(const struct tree *tree, struct observed *observed)
{
	struct observed_file *file = &observed->manifest_file;
	int error = tree_look(tree, PATH_MANIFEST, FILE_SIZE_MAX, file);

	if (error < 0 || file->kind == FILE_ABSENT)
		return error;
	observed->manifest_broken = true;
	if (file->kind != FILE_REGULAR)
		return 0;
	error = manifest_parse(file->bytes, file->size, &observed->manifest);
	if (error == 0) {
		manifest_sift(&observed->manifest, &observed->problems);
		observed->manifest_broken = false;
	}
	return error == -EBADMSG ? 0 : error;
}

/* What cannot be read or understood is as good as none, and is told as a file that is not as planned. */
static int read_boot_sizes(const struct tree *tree, struct observed *observed)
{
	char *CLEANUP(free_pointer) bytes = NULL;
	size_t size = 0;
	int error;

	if (tree_read(tree, PATH_BOOT_SIZES, FILE_SIZE_MAX, &bytes, &size) < 0)
		return 0;
	error = boot_sizes_parse(bytes, size, &observed->boot);
	return error == -EBADMSG ? 0 : error;
}

static int observe_path(const struct tree *tree, const char *path, struct observed *observed,
			struct read_failure *ret_failure)
{
	struct observed_path *slot = &observed->paths[observed->path_count];
	int error;

	for (size_t i = 0; i < observed->path_count; i++)
		if (observed->paths[i].path && strcmp(observed->paths[i].path, path) == 0)
			return 0;
	error = tree_look(tree, path, FILE_SIZE_MAX, &slot->file);
	/* Something else in the place of a folder below /run: no file of this boot is there, and nothing depends on one. */
	if (error < 0 && !(error == -ENOTDIR && artifact_is_of_boot(path)))
		return read_failure_set(ret_failure, tree_prefix(tree), path, error);
	slot->path = path;
	observed->path_count++;
	return 0;
}

int observe_manifest(const struct tree *tree, struct observed *ret,
		     struct read_failure *ret_failure)
{
	struct observed observed = {0};
	int error = read_manifest(tree, &observed);

	if (error == 0)
		error = read_boot_sizes(tree, &observed);
	if (error < 0) {
		observed_done(&observed);
		return read_failure_set(ret_failure, tree_prefix(tree), PATH_MANIFEST, error);
	}
	*ret = observed;
	return 0;
}

int observe_files(const struct tree *tree, struct observed *ret, struct read_failure *ret_failure)
{
	struct observed observed = {0};
	int error = observe_manifest(tree, &observed, ret_failure);

	if (error < 0)
		return error;
	observed.paths =
		calloc(artifact_path_count + observed.manifest.file_count, sizeof(*observed.paths));
	if (!observed.paths)
		error = -ENOMEM;
	for (size_t i = 0; i < artifact_path_count && error == 0; i++)
		error = observe_path(tree, artifact_paths[i], &observed, ret_failure);
	for (size_t i = 0; i < observed.manifest.file_count && error == 0; i++)
		error = observe_path(tree, observed.manifest.files[i].path, &observed, ret_failure);
	if (error < 0) {
		observed_done(&observed);
		return error;
	}
	*ret = observed;
	return 0;
}
