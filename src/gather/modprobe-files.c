/* The files of modprobe.d as modprobe reads them, to name the line that it only tells the content of. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/modprobe-files.h"

#include <errno.h>
#include <string.h>

#include "gather/conf-dirs.h"

/* modprobe.d(5), the folder that counts most first; /lib is the same as /usr/lib on merged systems. */
static const char *const folders[] = {"/etc/modprobe.d",	   "/run/modprobe.d",
				      "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d",
				      "/lib/modprobe.d",	   NULL};

void modprobe_files_done(struct modprobe_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
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

/* What the visit of a folder works on. */
struct modprobe_visit {
	struct reading *reading;
	struct modprobe_files *files;
};

/* Files come in the order of their names, which is the one in which modprobe reads them. */
static int read_modprobe_file(void *data, const char *path)
{
	struct modprobe_visit *visit = data;
	struct modprobe_files *files = visit->files;
	char *CLEANUP(free_pointer) name = NULL;
	char *CLEANUP(free_pointer) text = NULL;
	int error = reading_file(visit->reading, path, &text);

	if (error < 0 || !text)
		return error;
	error = make_room(files);
	if (error < 0)
		return error;
	name = strdup(path);
	if (!name)
		return -ENOMEM;
	files->items[files->count] = (struct modprobe_file){name, text};
	files->own[files->count] =
		(struct modprobe_file_own){steal_pointer(&name), steal_pointer(&text)};
	files->count++;
	return 0;
}

int modprobe_files_read(const struct context *context, struct modprobe_files *ret)
{
	struct reading reading = {.context = context, .kind = "modprobe.d"};
	struct modprobe_files files = {0};
	struct modprobe_visit visit = {&reading, &files};
	int error = folders_visit(&reading, folders, ".conf", read_modprobe_file, &visit);

	if (error < 0) {
		modprobe_files_done(&files);
		return error;
	}
	*ret = files;
	return 0;
}
