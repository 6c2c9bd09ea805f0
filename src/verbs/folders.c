/* The files of a reader's folders, one after the other. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/folders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "verbs/observe.h"

const char *const modules_load_folders[] = {"/etc/modules-load.d", "/run/modules-load.d",
					    "/usr/local/lib/modules-load.d",
					    "/usr/lib/modules-load.d", NULL};

struct folder_files {
	char **paths; /* owned; in the order of the folders */
	size_t count;
};

static void folder_files_done(struct folder_files *files)
{
	tree_names_free(files->paths, files->count);
}

static const char *base_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

/* What is no file is passed over by its reader, and hides nothing. */
static bool is_directory(const struct tree *tree, const char *path)
{
	struct observed_file seen = {0};
	bool is = tree_look(tree, path, FILE_SIZE_MAX, &seen) == 0 && seen.kind == FILE_DIRECTORY;

	observed_file_clear(&seen);
	return is;
}

static bool is_hidden(const struct tree *tree, const struct folder_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(base_name(files->paths[i]), base_name(path)) == 0 &&
		    !is_directory(tree, files->paths[i]))
			return true;
	return false;
}

static int remember(struct folder_files *files, const char *path)
{
	char **paths = realloc(files->paths, (files->count + 1) * sizeof(*paths));

	if (!paths)
		return -ENOMEM;
	files->paths = paths;
	paths[files->count] = strdup(path);
	return paths[files->count++] ? 0 : -ENOMEM;
}

int folders_visit(const struct tree *tree, const char *const *folders, const char *suffix,
		  int (*visit)(void *data, const char *path), void *data)
{
	struct folder_files CLEANUP(folder_files_done) seen = {0};
	int error = 0;

	for (size_t i = 0; folders[i] && error == 0; i++) {
		char **names = NULL;
		size_t count = 0;

		if (tree_list(tree, folders[i], suffix, &names, &count) < 0)
			continue;
		for (size_t k = 0; k < count && error == 0; k++) {
			struct buffer CLEANUP(buffer_clear) path = {0};

			buffer_printf(&path, "%s/%s", folders[i], names[k]);
			if (path.data && *suffix && is_hidden(tree, &seen, path.data))
				continue;
			error = path.data ? 0 : -ENOMEM;
			if (error == 0 && *suffix)
				error = remember(&seen, path.data);
			if (error == 0)
				error = visit(data, path.data);
		}
		tree_names_free(names, count);
	}
	return error;
}

int folders_read_file(const struct tree *tree, const char *path, char **ret)
{
	size_t size;
	int error = tree_read(tree, path, FILE_SIZE_MAX, ret, &size);

	return error == -ENOMEM ? error : 0;
}
