/* Finds the host's own daemons of some names, with their command lines. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/daemons.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "host/kernel/kernel-file.h"

void daemons_done(struct daemons *daemons)
{
	for (size_t i = 0; i < daemons->count; i++)
		free(daemons->items[i].words);
	free(daemons->items);
	*daemons = (struct daemons){0};
}

/* Reads at most DAEMON_WORDS_MAX bytes. A process that has ended has an empty command line. */
static int read_words(const char *path, struct host_daemon *daemon)
{
	int CLEANUP(close_descriptor) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct buffer CLEANUP(buffer_clear) b = {0};
	char part[4096];
	ssize_t got = 0;

	while (fd >= 0 && b.length < DAEMON_WORDS_MAX && (got = read(fd, part, sizeof(part))) > 0)
		buffer_add_bytes(&b, part, (size_t)got);
	buffer_add(&b, "");
	return buffer_steal(&b, &daemon->words, &daemon->size);
}

/* Compares the root of a process with that of the host. */
static int compare_root(const char *root, const char *path, bool *ret_apart)
{
	struct stat own, other;
	char host[PATH_MAX];

	(void)snprintf(host, sizeof(host), "%s/", root);
	if (stat(host, &own) < 0 || stat(path, &other) < 0)
		return -errno;
	*ret_apart = own.st_dev != other.st_dev || own.st_ino != other.st_ino;
	return 0;
}

static int add_daemon(const char *root, const char *process, const char *command,
		      struct daemons *found)
{
	struct host_daemon daemon = {.pid = strtoul(process, NULL, 10)};
	char path[PATH_MAX];
	int error;

	if (found->count == DAEMONS_MAX)
		return 0;
	if (snprintf(path, sizeof(path), "%s/proc/%s/cmdline", root, process) >= (int)sizeof(path))
		return 0;
	error = array_grow(&found->items, found->count, sizeof(*found->items));
	if (error == 0)
		error = read_words(path, &daemon);
	if (error < 0)
		return error;
	(void)snprintf(daemon.command, sizeof(daemon.command), "%s", command);
	(void)snprintf(path, sizeof(path), "%s/proc/%s/root", root, process);
	daemon.root_error = compare_root(root, path, &daemon.root_is_apart);
	found->items[found->count++] = daemon;
	return 0;
}

static bool is_named(const char *command, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(command, names[i]) == 0)
			return true;
	return false;
}

int daemons_find(const char *root, const char *const *names, size_t count, struct daemons *ret)
{
	struct daemons found = {0};
	char path[PATH_MAX], command[32];
	struct dirent *entry;
	DIR *processes = NULL;
	int error = 0;

	if (snprintf(path, sizeof(path), "%s/proc", root) < (int)sizeof(path))
		processes = opendir(path);
	while (processes && error == 0 && (entry = readdir(processes))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    snprintf(path, sizeof(path), "%s/proc/%s/comm", root, entry->d_name) >=
			    (int)sizeof(path) ||
		    kernel_file_read(path, command, sizeof(command)) < 0 ||
		    !is_named(command, names, count) || !kernel_file_is_daemon(root, entry->d_name))
			continue;
		error = add_daemon(root, entry->d_name, command, &found);
	}
	if (processes)
		(void)closedir(processes);
	if (error < 0) {
		daemons_done(&found);
		return error;
	}
	*ret = found;
	return 0;
}
