/* Files of /proc and /sys, the same for each body of the kernel port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/kernel-file.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "model/runtime/runtime-values.h"

#define ALL_MAX (4U << 20)

int kernel_file_read(const char *path, char *buffer, size_t size)
{
	int CLEANUP(close_descriptor) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t length = 0;

	assert(size > 0);
	if (fd < 0)
		return -errno;
	while (length < size - 1) {
		size_t room = size - 1 - length;
		ssize_t got = read(fd, buffer + length, room);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		length += (size_t)got;
		/* These files give what they have at once: less than asked for is the end. */
		if ((size_t)got < room)
			break;
	}
	if (length > 0 && buffer[length - 1] == '\n')
		length--;
	buffer[length] = '\0';
	return 0;
}

int kernel_file_read_all(const char *path, char **ret)
{
	int CLEANUP(close_descriptor) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct buffer CLEANUP(buffer_clear) b = {0};
	char part[4096];
	ssize_t got;

	if (fd < 0)
		return -errno;
	/* An empty file gives an empty text, not NULL. */
	buffer_add(&b, "");
	while ((got = read(fd, part, sizeof(part))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		buffer_add_bytes(&b, part, (size_t)got);
		if (b.length > ALL_MAX)
			return -EFBIG;
	}
	return buffer_steal(&b, ret, NULL);
}

static void close_file(FILE **file)
{
	(void)fclose(*file);
}

int kernel_file_read_lines(const char *path, size_t most, int (*read)(void *data, const char *line),
			   void *data)
{
	FILE *opened = fopen(path, "re");

	if (!opened)
		return -errno;
	FILE *CLEANUP(close_file) file = opened;
	char line[512];
	int error = 0;

	for (size_t count = 0; error == 0 && fgets(line, sizeof(line), file); count++) {
		line[strcspn(line, "\n")] = '\0';
		error = count < most ? read(data, line) : -EFBIG;
	}
	return error == 0 && ferror(file) ? -EIO : error;
}

int kernel_file_write(const char *path, const char *text)
{
	int CLEANUP(close_descriptor) fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	size_t length = strlen(text);
	ssize_t put;

	if (fd < 0)
		return -errno;
	do
		put = write(fd, text, length);
	while (put < 0 && errno == EINTR);
	if (put < 0)
		return -errno;
	return (size_t)put == length ? 0 : -EIO;
}

int kernel_file_module_state(const char *root, enum module_state *ret)
{
	static const struct {
		const char *word;
		enum module_state state;
	} words[] = {{"live", MODULE_LIVE}, {"coming", MODULE_COMING}, {"going", MODULE_GOING}};
	char path[PATH_MAX], text[16];
	int error;

	if (snprintf(path, sizeof(path), "%s" PATH_MODULE "/initstate", root) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	error = kernel_file_read(path, text, sizeof(text));
	for (size_t i = 0; i < ARRAY_SIZE(words) && error == 0; i++)
		if (strcmp(text, words[i].word) == 0) {
			*ret = words[i].state;
			return 0;
		}
	if (error < 0 && error != -ENOENT && error != -ENODEV)
		return error;
	*strrchr(path, '/') = '\0';
	if (access(path, F_OK) == 0)
		return -ENODATA;
	*ret = MODULE_ABSENT;
	return 0;
}

bool kernel_file_is_writable(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && (status.st_mode & S_IWUSR) != 0;
}

/* A path below /proc of some root; false: it is too long. */
static bool make_proc_path(char path[PATH_MAX], const char *root, const char *process,
			   const char *file)
{
	return snprintf(path, PATH_MAX, "%s/proc/%s/%s", root, process, file) < PATH_MAX;
}

int kernel_file_check_processes(const char *root)
{
	static const struct {
		const char *process, *file;
		int error;
	} rows[] = {{"self", "stat", -ENOENT}, {"1", "comm", -EACCES}, {".", "version", -ENODATA}};
	char path[PATH_MAX], text[16];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!make_proc_path(path, root, rows[i].process, rows[i].file) ||
		    kernel_file_read(path, text, sizeof(text)) < 0)
			return rows[i].error;
	return 0;
}

/*
 * Real, effective, saved and file system's: a set-uid program of root's has the real one of who
 * runs it. Each process has this file; in a folder that stands for the host it may be missing.
 */
static bool is_roots(const char *root, const char *process)
{
	char path[PATH_MAX], status[1024];

	/*
	 * The real, the effective, the saved and the file system's, as fs/proc/array.c writes them.
	 */
	if (!make_proc_path(path, root, process, "status"))
		return false;
	if (*root && access(path, F_OK) < 0)
		return true;
	return kernel_file_read(path, status, sizeof(status)) >= 0 &&
	       strstr(status, "\nUid:\t0\t0\t0\t0\n");
}

/*
 * A user namespace that cannot be looked at counts as this one: only root can have root's number
 * there.
 */
static bool shares_user_namespace(const char *root, const char *process)
{
	struct stat own, other;
	char path[PATH_MAX];

	return !make_proc_path(path, root, process, "ns/user") || stat(path, &other) < 0 ||
	       !make_proc_path(path, root, "self", "ns/user") || stat(path, &own) < 0 ||
	       (own.st_dev == other.st_dev && own.st_ino == other.st_ino);
}

bool kernel_file_is_daemon(const char *root, const char *process)
{
	return is_roots(root, process) && shares_user_namespace(root, process);
}

void kernel_file_list_commands(const char *root, struct buffer *b)
{
	char path[PATH_MAX], command[32];
	struct dirent *entry;
	DIR *processes;

	buffer_add(b, "\n");
	if (snprintf(path, sizeof(path), "%s/proc", root) >= (int)sizeof(path))
		return;
	processes = opendir(path);
	while (processes && (entry = readdir(processes))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    !kernel_file_is_daemon(root, entry->d_name) ||
		    !make_proc_path(path, root, entry->d_name, "comm") ||
		    kernel_file_read(path, command, sizeof(command)) < 0)
			continue;
		buffer_printf(b, "%s\n", command);
	}
	if (processes)
		(void)closedir(processes);
}

int kernel_file_has_module(const char *name)
{
	char *CLEANUP(free_pointer) built_in = NULL;
	char path[PATH_MAX], file[128];
	struct utsname system;

	(void)snprintf(path, sizeof(path), "/sys/module/%s", name);
	if (access(path, F_OK) == 0 || access("/proc/modules", F_OK) < 0)
		return 1;
	if (uname(&system) < 0)
		return -errno;
	(void)snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin", system.release);
	(void)snprintf(file, sizeof(file), "/%s.ko\n", name);
	if (kernel_file_read_all(path, &built_in) < 0 || !built_in)
		return -ENODATA;
	return strstr(built_in, file) != NULL;
}
