/*
 * Tells what each key will be once a reader of sysctl.d has run on this host: "NAME NUMBER
 * FILE:LINE", or "NAME".
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "model/sources/precedence.h"

#define FILES_MAX 256
#define NAMES_MAX 8

static char *read_text(const char *path)
{
	struct buffer text = {0};
	char *bytes = NULL, piece[4096];
	FILE *file = fopen(path, "r");

	buffer_add(&text, "");
	while (file) {
		size_t length = fread(piece, 1, sizeof(piece), file);

		if (length == 0)
			break;
		buffer_add_bytes(&text, piece, length);
	}
	if (file)
		(void)fclose(file);
	return buffer_steal(&text, &bytes, NULL) < 0 ? NULL : bytes;
}

/* The program ends before anybody misses the memory, but sanitizers do. */
struct files {
	struct text_file items[FILES_MAX];
	char *owned[FILES_MAX][2];
	size_t count;
};

static void files_done(const struct files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->owned[i][0]);
		free(files->owned[i][1]);
	}
}

static int add_file(struct files *files, const char *directory, const char *name)
{
	struct buffer path = {0};
	size_t i = files->count;

	buffer_printf(&path, "%s/%s", directory, name);
	if (i == FILES_MAX || buffer_steal(&path, &files->owned[i][0], NULL) < 0)
		return -ENOMEM;
	files->count++;
	files->owned[i][1] = read_text(files->owned[i][0]);
	if (!files->owned[i][1])
		return -ENOMEM;
	files->items[i] = (struct text_file){files->owned[i][0], files->owned[i][1]};
	return 0;
}

static int add_directory(struct files *files, const char *directory)
{
	DIR *stream = opendir(directory);
	const struct dirent *entry;
	int error = 0;

	while (stream && error == 0 && (entry = readdir(stream)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			error = add_file(files, directory, entry->d_name);
	if (stream)
		(void)closedir(stream);
	return error;
}

static int add_all(struct files *files)
{
	static const char *const directories[] = {"/lib/sysctl.d", "/usr/lib/sysctl.d",
						  "/usr/local/lib/sysctl.d", "/run/sysctl.d",
						  "/etc/sysctl.d"};
	int error = add_file(files, "/etc", "sysctl.conf");

	for (size_t i = 0; i < ARRAY_SIZE(directories) && error == 0; i++)
		error = add_directory(files, directories[i]);
	return error;
}

/* names: of one knob, with commas between; cut into pieces here. */
static int tell(const struct files *files, enum sysctl_reader reader, char *text)
{
	struct sysctl_writers CLEANUP(sysctl_writers_done) writers = {0};
	const char *names[NAMES_MAX];
	struct sysctl_knob knob = {.names = names};
	int error;

	for (char *name = strtok(text, ","); name && knob.name_count < NAMES_MAX;
	     name = strtok(NULL, ","))
		names[knob.name_count++] = name;
	error = sysctl_writers_find(files->items, files->count, reader, &knob, 1, &writers, NULL);
	if (error < 0)
		return error;
	printf("%s", text);
	for (size_t i = 0; i < writers.count; i++)
		if (writers.items[i].wins)
			printf(" %jd %s:%u", strtoimax(writers.items[i].value, NULL, 0),
			       writers.items[i].path, writers.items[i].line);
	printf("\n");
	return 0;
}

int main(int argc, char *argv[])
{
	struct files CLEANUP(files_done) files = {0};
	enum sysctl_reader reader = SYSCTL_SYSTEMD;
	int error = argc < 2 ? -EINVAL : add_all(&files);

	if (error == 0 && strcmp(argv[1], "procps") == 0)
		reader = SYSCTL_PROCPS;
	for (int i = 2; i < argc && error == 0; i++)
		error = tell(&files, reader, argv[i]);
	return error == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
