/* The files of modprobe.d as modprobe reads them, to name the line that it only tells the content of. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/modprobe-files.h"

#include <errno.h>
#include <string.h>

#include "verbs/folders.h"
#include "verbs/observe.h"

/* modprobe.d(5), the folder that counts most first; /lib is the same as /usr/lib on merged systems. */
static const char *const folders[] = {"/etc/modprobe.d",	   "/run/modprobe.d",
				      "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
				      "/lib/modprobe.d",	   NULL};

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

static int make_room(struct modprobe_files *files)
{
	void *items = realloc(files->items, (files->count + 1) * sizeof(*files->items));
	void *own;

	if (!items)
		return -ENOMEM;
	files->items = items;
	own = realloc(files->own, (files->count + 1) * sizeof(*files->own));
	if (!own)
		return -ENOMEM;
	files->own = own;
	return 0;
}

/* Puts a file in its place by name, of which there is no other. Takes over the texts. */
static void put(struct modprobe_files *files, struct modprobe_file_own file)
{
	size_t at = 0, behind;

	while (at < files->count && strcmp(files->own[at].name, file.name) < 0)
		at++;
	behind = files->count - at;
	memmove(files->own + at + 1, files->own + at, behind * sizeof(*files->own));
	memmove(files->items + at + 1, files->items + at, behind * sizeof(*files->items));
	files->own[at] = file;
	files->items[at] = (struct modprobe_file){file.path, file.text};
	files->count++;
}

struct reading {
	const struct tree *tree;
	struct modprobe_files files;
};

static int add(void *data, const char *path)
{
	struct reading *reading = data;
	char *CLEANUP(free_pointer) text = NULL;
	struct modprobe_file_own file;
	int error = folders_read_file(reading->tree, path, &text);

	if (!text)
		return error;
	error = make_room(&reading->files);
	if (error < 0)
		return error;
	file.name = strdup(strrchr(path, '/') + 1);
	file.path = strdup(path);
	file.text = steal_pointer(&text);
	if (!file.name || !file.path) {
		free(file.name);
		free(file.path);
		free(file.text);
		return -ENOMEM;
	}
	put(&reading->files, file);
	return 0;
}

int modprobe_files_read(const struct tree *tree, struct modprobe_files *ret)
{
	struct reading reading = {.tree = tree};
	int error = folders_visit(tree, folders, ".conf", add, &reading);

	if (error < 0) {
		modprobe_files_done(&reading.files);
		return error;
	}
	*ret = reading.files;
	return 0;
}
