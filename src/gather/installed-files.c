/* Reads what was installed: our files, the manifest, the sizes of this boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/installed-files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gather/gathering.h"
#include "model/plan/boot-sizes.h"

void installed_done(struct installed *installed)
{
	for (size_t i = 0; i < installed->path_count; i++)
		observed_file_clear(&installed->paths[i].file);
	free(installed->paths);
	observed_file_clear(&installed->manifest_file);
	manifest_done(&installed->manifest);
	problems_done(&installed->problems);
	free(installed->boot.inputs);
	*installed = (struct installed){0};
}

static int read_manifest(const struct tree *tree, struct installed *installed)
{
	struct observed_file *file = &installed->manifest_file;
	int error = tree_look(tree, PATH_MANIFEST, FILE_SIZE_MAX, file);

	if (error < 0 || file->kind == FILE_ABSENT)
		return error;
	installed->manifest_broken = true;
	if (file->kind != FILE_REGULAR)
		return 0;
	error = manifest_parse(file->bytes, file->size, &installed->manifest);
	if (error == 0) {
		manifest_sift(&installed->manifest, &installed->problems);
		installed->manifest_broken = false;
	}
	return error == -EBADMSG ? 0 : error;
}

/*
 * A record that cannot be read or parsed counts as missing and is reported as a file that is not as
 * planned.
 */
static int read_boot_sizes(const struct tree *tree, struct installed *installed)
{
	char *CLEANUP(free_pointer) bytes = NULL;
	size_t size = 0;
	int error;

	if (tree_read(tree, PATH_BOOT_SIZES, FILE_SIZE_MAX, &bytes, &size) < 0)
		return 0;
	error = boot_sizes_parse(bytes, size, &installed->boot);
	return error == -EBADMSG ? 0 : error;
}

static int gather_path(const struct tree *tree, const char *path, struct installed *installed,
		       struct read_failure *ret_failure)
{
	struct observed_path *slot = &installed->paths[installed->path_count];
	int error;

	for (size_t i = 0; i < installed->path_count; i++)
		if (installed->paths[i].path && strcmp(installed->paths[i].path, path) == 0)
			return 0;
	error = tree_look(tree, path, FILE_SIZE_MAX, &slot->file);
	/*
	 * If a file lies in the place of a folder below /run, this boot has no files there, which
	 * is no failure.
	 */
	if (error < 0 && !(error == -ENOTDIR && artifact_is_of_boot(path)))
		return read_failure_set(ret_failure, tree_prefix(tree), path, error);
	slot->path = path;
	installed->path_count++;
	return 0;
}

int gather_manifest(const struct tree *tree, struct installed *ret,
		    struct read_failure *ret_failure)
{
	struct installed installed = {0};
	int error = read_manifest(tree, &installed);

	if (error == 0)
		error = read_boot_sizes(tree, &installed);
	if (error < 0) {
		installed_done(&installed);
		return read_failure_set(ret_failure, tree_prefix(tree), PATH_MANIFEST, error);
	}
	*ret = installed;
	return 0;
}

int gather_installed(const struct tree *tree, struct installed *ret,
		     struct read_failure *ret_failure)
{
	struct installed installed = {0};
	int error = gather_manifest(tree, &installed, ret_failure);

	if (error < 0)
		return error;
	installed.paths = calloc(artifact_path_count + installed.manifest.file_count,
				 sizeof(*installed.paths));
	if (!installed.paths)
		error = -ENOMEM;
	for (size_t i = 0; i < artifact_path_count && error == 0; i++)
		error = gather_path(tree, artifact_paths[i], &installed, ret_failure);
	for (size_t i = 0; i < installed.manifest.file_count && error == 0; i++)
		error = gather_path(tree, installed.manifest.files[i].path, &installed,
				    ret_failure);
	if (error < 0) {
		installed_done(&installed);
		return error;
	}
	*ret = installed;
	return 0;
}
