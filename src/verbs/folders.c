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

struct folder_names {
	char **items; /* owned */
	size_t count;
};

/* Remembers a name for the folders that follow. Returns whether it was there; -ENOMEM. */
static int add_name(struct folder_names *seen, const char *name)
{
	char **items;

	for (size_t i = 0; i < seen->count; i++)
		if (strcmp(seen->items[i], name) == 0)
			return true;
	items = realloc(seen->items, (seen->count + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	seen->items = items;
	items[seen->count] = strdup(name);
	if (!items[seen->count])
		return -ENOMEM;
	seen->count++;
	return false;
}

static void folder_names_done(struct folder_names *names)
{
	tree_names_free(names->items, names->count);
}

int folders_visit(const struct tree *tree, const char *const *folders, const char *suffix,
		  int (*visit)(void *data, const char *path), void *data)
{
	struct folder_names CLEANUP(folder_names_done) seen = {0};
	int error = 0;

	for (size_t i = 0; folders[i] && error == 0; i++) {
		char **names = NULL;
		size_t count = 0;

		if (tree_list(tree, folders[i], suffix, &names, &count) < 0)
			continue;
		for (size_t k = 0; k < count && error == 0; k++) {
			struct buffer CLEANUP(buffer_clear) path = {0};

			error = *suffix ? add_name(&seen, names[k]) : 0;
			if (error != 0) {
				error = error < 0 ? error : 0;
				continue;
			}
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
