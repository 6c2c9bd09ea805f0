/* The files of a reader's folders, one after the other. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/folders.h"

#include <errno.h>

#include "base/buffer.h"
#include "verbs/observe.h"

const char *const modules_load_folders[] = {"/etc/modules-load.d", "/run/modules-load.d",
					    "/usr/local/lib/modules-load.d",
					    "/usr/lib/modules-load.d", NULL};

int folders_visit(const struct tree *tree, const char *const *folders, const char *suffix,
		  int (*visit)(void *data, const char *path), void *data)
{
	int error = 0;

	for (size_t i = 0; folders[i] && error == 0; i++) {
		char **names = NULL;
		size_t count = 0;

		if (tree_list(tree, folders[i], suffix, &names, &count) < 0)
			continue;
		for (size_t k = 0; k < count && error == 0; k++) {
			struct buffer CLEANUP(buffer_clear) path = {0};

			buffer_printf(&path, "%s/%s", folders[i], names[k]);
			error = path.data ? visit(data, path.data) : -ENOMEM;
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
