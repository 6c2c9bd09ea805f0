/* Visits the files of a reader's folders, one after the other. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/conf-dirs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"

struct folder_file {
	char *name; /* owned */
	const char *folder;
	size_t rank; /* of the folder; the first counts most */
};

struct folder_files {
	struct folder_file *items;
	size_t count;
};

static void folder_files_done(struct folder_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->items[i].name);
	free(files->items);
}

static int compare_entries(const void *a, const void *b)
{
	const struct folder_file *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	return order ? order : (left->rank > right->rank) - (left->rank < right->rank);
}

/* Takes ownership of the names. */
static int append_names(struct folder_files *files, const char *folder, size_t rank,
			struct names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		if (array_grow(&files->items, files->count, sizeof(*files->items)) < 0)
			return -ENOMEM;
		files->items[files->count++] =
			(struct folder_file){steal_pointer(&names->items[i]), folder, rank};
	}
	return 0;
}

static int list_folders(struct reading *reading, const char *const *folders, const char *suffix,
			struct folder_files *files)
{
	int error = 0;

	for (size_t i = 0; folders[i] && error == 0; i++) {
		struct names CLEANUP(names_done) names = {0};

		error = reading_list(reading, folders[i], suffix, &names);
		if (error == 0)
			error = append_names(files, folders[i], i, &names);
	}
	if (files->count > 0)
		qsort(files->items, files->count, sizeof(*files->items), compare_entries);
	return error;
}

int conf_dirs_visit(struct reading *reading, const char *const *folders, const char *suffix,
		    int (*visit)(void *data, const char *path), void *data)
{
	struct folder_files CLEANUP(folder_files_done) files = {0};
	int error = list_folders(reading, folders, suffix, &files);
	const char *hidden = NULL;

	for (size_t i = 0; i < files.count && error == 0; i++) {
		const struct folder_file *file = &files.items[i];
		struct buffer CLEANUP(buffer_clear) path = {0};

		if (hidden && strcmp(file->name, hidden) == 0)
			continue;
		buffer_printf(&path, "%s/%s", file->folder, file->name);
		if (!path.data)
			return -ENOMEM;
		/* The reader ignores a directory; its name hides no file of a later folder. */
		if (tree_is_directory(reading->gathering->tree, path.data))
			continue;
		hidden = file->name;
		error = visit(data, path.data);
	}
	return error;
}
