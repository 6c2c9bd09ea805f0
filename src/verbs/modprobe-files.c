/* The files of modprobe.d as modprobe reads them, to name the line that it only tells the content of. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/modprobe-files.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "verbs/observe.h"

/* modprobe.d(5), the folder that counts most first; /lib is the same as /usr/lib on merged systems. */
static const char *const folders[] = {"/etc/modprobe.d", "/run/modprobe.d",
				      "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
				      "/lib/modprobe.d"};

void modprobe_files_done(struct modprobe_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->own[i].name);
		free(files->own[i].path);
		free(files->own[i].text);
	}
	free(files->items);
	free(files->own);
	*files = (struct modprobe_files){0};
}

static int make_room(struct modprobe_files *files, size_t count)
{
	void *items = realloc(files->items, (files->count + count) * sizeof(*files->items));
	void *own;

	if (!items)
		return -ENOMEM;
	files->items = items;
	own = realloc(files->own, (files->count + count) * sizeof(*files->own));
	if (!own)
		return -ENOMEM;
	files->own = own;
	return 0;
}

/* Puts a file in its place by name, unless one of its name is there. Takes over the texts. */
static void put(struct modprobe_files *files, struct modprobe_file_own file)
{
	size_t at = 0, behind;

	while (at < files->count && strcmp(files->own[at].name, file.name) < 0)
		at++;
	if (at < files->count && strcmp(files->own[at].name, file.name) == 0) {
		free(file.name);
		free(file.path);
		free(file.text);
		return;
	}
	behind = files->count - at;
	memmove(files->own + at + 1, files->own + at, behind * sizeof(*files->own));
	memmove(files->items + at + 1, files->items + at, behind * sizeof(*files->items));
	files->own[at] = file;
	files->items[at] = (struct modprobe_file){file.path, file.text};
	files->count++;
}

static int add(const struct tree *tree, const char *folder, const char *name,
	       struct modprobe_files *files)
{
	char *CLEANUP(free_pointer) path = NULL;
	char *CLEANUP(free_pointer) text = NULL;
	struct buffer b = {0};
	struct modprobe_file_own file;
	size_t size;
	int error;

	buffer_printf(&b, "%s/%s", folder, name);
	error = buffer_steal(&b, &path, NULL);
	if (error < 0)
		return error;
	error = tree_read(tree, path, FILE_SIZE_MAX, &text, &size);
	if (error < 0)
		return error == -ENOMEM ? error : 0;
	file.name = strdup(name);
	if (!file.name)
		return -ENOMEM;
	file.path = steal_pointer(&path);
	file.text = steal_pointer(&text);
	put(files, file);
	return 0;
}

int modprobe_files_read(const struct tree *tree, struct modprobe_files *ret)
{
	struct modprobe_files files = {0};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0; i++) {
		char **names = NULL;
		size_t count = 0;

		/* A folder that cannot be listed is none. */
		if (tree_list(tree, folders[i], ".conf", &names, &count) < 0)
			continue;
		if (count > 0)
			error = make_room(&files, count);
		for (size_t k = 0; k < count && error == 0; k++)
			error = add(tree, folders[i], names[k], &files);
		tree_names_free(names, count);
	}
	if (error < 0) {
		modprobe_files_done(&files);
		return error;
	}
	*ret = files;
	return 0;
}
