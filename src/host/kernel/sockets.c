/* Finds the processes that have sockets, by the open files of all processes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/sockets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct socket_search {
	struct socket_process *sockets;
	size_t count, missing;
	size_t looked; /* at open files */
};

static int compare_inodes(const void *a, const void *b)
{
	const uint64_t left = ((const struct socket_process *)a)->inode;
	const uint64_t right = ((const struct socket_process *)b)->inode;

	return (left > right) - (left < right);
}

/* Reads the link of an open file, "socket:[INODE]". Returns 0 if it is another file. */
static uint64_t read_inode(int folder, const char *name)
{
	static const char prefix[] = "socket:[";
	char link[64];
	ssize_t length = readlinkat(folder, name, link, sizeof(link));
	uint64_t inode;

	if (length <= (ssize_t)sizeof(prefix) || length == sizeof(link) ||
	    strncmp(link, prefix, strlen(prefix)) != 0 || link[length - 1] != ']')
		return 0;
	if (text_parse_number(link + strlen(prefix), (size_t)length - strlen(prefix) - 1,
			      UINT64_MAX, &inode) < 0)
		return 0;
	return inode;
}

static void note_socket(struct socket_search *search, uint64_t inode, unsigned long pid)
{
	const struct socket_process key = {.inode = inode};
	struct socket_process *found =
		bsearch(&key, search->sockets, search->count, sizeof(key), compare_inodes);

	if (!found || found->pid > 0)
		return;
	found->pid = pid;
	search->missing--;
}

/* Looks at the open files of a process. One that ends meanwhile has none. -EFBIG: the bound. */
static int search_process(struct socket_search *search, const char *root, const char *process)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *files;
	int error = 0;

	if (snprintf(path, sizeof(path), "%s/proc/%s/fd", root, process) >= (int)sizeof(path))
		return 0;
	files = opendir(path);
	while (files && error == 0 && search->missing > 0 && (entry = readdir(files))) {
		uint64_t inode;

		if (entry->d_name[0] == '.')
			continue;
		if (search->looked++ == DESCRIPTORS_MAX)
			error = -EFBIG;
		inode = read_inode(dirfd(files), entry->d_name);
		if (inode > 0)
			note_socket(search, inode, strtoul(process, NULL, 10));
	}
	if (files)
		(void)closedir(files);
	return error;
}

int sockets_find(const char *root, struct socket_process *sockets, size_t count)
{
	struct socket_search search = {.sockets = sockets, .count = count, .missing = count};
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *processes;
	int error = 0;

	if (snprintf(path, sizeof(path), "%s/proc", root) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	processes = opendir(path);
	if (!processes)
		return -errno;
	while (error == 0 && search.missing > 0 && (entry = readdir(processes)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			error = search_process(&search, root, entry->d_name);
	(void)closedir(processes);
	return error;
}
