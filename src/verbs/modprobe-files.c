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

static void free_text(const char *text)
{
	free((void *)(uintptr_t)text);
}

void modprobe_files_done(struct modprobe_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free_text(files->items[i].path);
		free_text(files->items[i].text);
		free(files->names[i]);
	}
	free(files->items);
	free(files->names);
	*files = (struct modprobe_files){0};
}

static int make_room(struct modprobe_files *files, size_t count)
{
	void *items = realloc(files->items, (files->count + count) * sizeof(*files->items));
	void *names;

	if (!items)
		return -ENOMEM;
	files->items = items;
	names = realloc(files->names, (files->count + count) * sizeof(*files->names));
	if (!names)
		return -ENOMEM;
	files->names = names;
	return 0;
}

/* Puts a file in its place by name, unless one of its name is there. Takes over all three texts. */
static void put(struct modprobe_files *files, char *name, char *path, char *text)
{
	size_t at = 0;

	while (at < files->count && strcmp(files->names[at], name) < 0)
		at++;
	if (at < files->count && strcmp(files->names[at], name) == 0) {
		free(name);
		free(path);
		free(text);
		return;
	}
	memmove(files->names + at + 1, files->names + at,
		(files->count - at) * sizeof(*files->names));
	memmove(files->items + at + 1, files->items + at,
		(files->count - at) * sizeof(*files->items));
	files->names[at] = name;
	files->items[at] = (struct modprobe_file){path, text};
	files->count++;
}

static int add(const struct tree *tree, const char *folder, const char *name,
	       struct modprobe_files *files)
{
	char *CLEANUP(free_pointer) path = NULL;
	char *CLEANUP(free_pointer) text = NULL;
	struct buffer b = {0};
	char *copy;
	size_t size;
	int error;

	buffer_printf(&b, "%s/%s", folder, name);
	error = buffer_steal(&b, &path, NULL);
	if (error < 0)
		return error;
	error = tree_read(tree, path, FILE_SIZE_MAX, &text, &size);
	if (error < 0)
		return error == -ENOMEM ? error : 0;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	put(files, copy, steal_pointer(&path), steal_pointer(&text));
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
