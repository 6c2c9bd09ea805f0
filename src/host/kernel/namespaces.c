/* The network namespaces of this host themselves: listed, found, entered and left again. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/namespaces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "base/array.h"
#include "host/kernel/kernel-file.h"
#include "host/kernel/namespace-ids.h"

#define OWN_NAMESPACE "/proc/self/ns/net"

/* How long a new name may wait for its namespace to be mounted. */
#define UNFINISHED_SECONDS 2

/* Where programs keep namespaces by name, with or without a process in them. */
static const char *const folders[] = {"/run/netns", "/run/docker/netns"};

/* -EINVAL: the open file is no network namespace. */
static int vet_namespace(int fd, struct stat *ret_status)
{
	struct statfs system;

	/*
	 * The type of the file system is checked first, because a device might take the question
	 * for another one.
	 */
	if (fstatfs(fd, &system) < 0 || system.f_type != NSFS_MAGIC ||
	    ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET || fstat(fd, ret_status) < 0)
		return -EINVAL;
	return 0;
}

/* Returns the descriptor, or closes it if the open file is no network namespace: -EINVAL. */
static int keep_namespace(int fd, struct stat *ret_status)
{
	int error = vet_namespace(fd, ret_status);

	if (error == 0)
		return fd;
	(void)close(fd);
	return error;
}

/* The descriptor of a network namespace by its file. -EINVAL: the file is something else. */
static int open_namespace(const char *path, struct stat *ret_status)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? -errno : keep_namespace(fd, ret_status);
}

/* Does the same by the id that the kernel has given it. -ESTALE: it has gone. */
static int open_listed(uint64_t id, struct stat *ret_status)
{
	int fd = namespace_id_open(id);

	return fd < 0 ? fd : keep_namespace(fd, ret_status);
}

static bool is_same(const struct stat *status, uint64_t device, uint64_t inode)
{
	return status->st_dev == device && status->st_ino == inode;
}

struct namespace_walk {
	struct network_namespaces found;
	struct stat own;
};

/* Finds the namespace among the known ones. NULL: it is not among them. */
static struct network_namespace *find_known(const struct namespace_walk *walk,
					    const struct stat *status)
{
	for (size_t i = 0; i < walk->found.count; i++)
		if (is_same(status, walk->found.items[i].device, walk->found.items[i].inode))
			return &walk->found.items[i];
	return NULL;
}

static bool is_own(const struct namespace_walk *walk, const struct stat *status)
{
	return is_same(status, walk->own.st_dev, walk->own.st_ino);
}

static bool is_namespace_known(const struct namespace_walk *walk, const struct stat *status)
{
	return is_own(walk, status) || find_known(walk, status);
}

/* A namespace and where it was found, as in struct network_namespace; owns nothing. */
struct namespace_place {
	const char *name, *path, *command;
	unsigned long pid;
	uint64_t id;
};

static uint64_t time_made(const struct stat *status)
{
	return (uint64_t)status->st_ctim.tv_sec * 1000000000U + (uint64_t)status->st_ctim.tv_nsec;
}

static int walk_add(struct namespace_walk *walk, const struct stat *status,
		    const struct namespace_place *place)
{
	struct network_namespace namespace = {
		.pid = place->pid, .member = place->pid, .id = place->id};

	if (walk->found.count >= NAMESPACES_MAX) {
		walk->found.cut = true;
		return 0;
	}
	if (array_grow(&walk->found.items, walk->found.count, sizeof(namespace)) < 0)
		return -ENOMEM;
	namespace.device = status->st_dev;
	namespace.inode = status->st_ino;
	namespace.made = place->name ? time_made(status) : 0;
	namespace.path = strdup(place->path);
	namespace.name = place->name ? strdup(place->name) : NULL;
	namespace.command = place->command ? strdup(place->command) : NULL;
	if (!namespace.path || (place->name && !namespace.name) ||
	    (place->command && !namespace.command)) {
		network_namespace_done(&namespace);
		return -ENOMEM;
	}
	walk->found.items[walk->found.count++] = namespace;
	return 0;
}

/*
 * Returns whether the file has just been made, so that a namespace may be mounted on it soon. `ip
 * netns add` and Docker make an empty file first. An older one is what a crash has left.
 */
static bool is_unfinished(const char *path)
{
	struct stat status;
	struct timespec now;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0 &&
	       clock_gettime(CLOCK_REALTIME, &now) == 0 &&
	       now.tv_sec - status.st_ctim.tv_sec <= UNFINISHED_SECONDS &&
	       now.tv_sec - status.st_ctim.tv_sec >= -1;
}

/* A file that has gone in the meantime, or is no namespace, is skipped. */
static int visit_name(struct namespace_walk *walk, const char *folder, char *name)
{
	char path[PATH_MAX];
	struct stat status = {0};
	int CLEANUP(close_descriptor) fd = -1;

	if (name[0] == '.' ||
	    snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return 0;
	fd = open_namespace(path, &status);
	if (fd == -EINVAL && is_unfinished(path))
		walk->found.unfinished = true;
	if (fd < 0 || is_namespace_known(walk, &status))
		return 0;
	return walk_add(walk, &status, &(struct namespace_place){.name = name, .path = path});
}

static int visit_names(struct namespace_walk *walk, const char *folder)
{
	struct dirent **names = NULL;
	int count = scandir(folder, &names, NULL, alphasort);
	int error = count < 0 && errno == ENOMEM ? -ENOMEM : 0;

	for (int i = 0; i < count; i++) {
		if (error == 0)
			error = visit_name(walk, folder, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return error;
}

/*
 * Returns whether a process still exists if its namespace could not be read, because a process
 * that has just ended is refused in the same way. The first process is in the host's own namespace.
 */
static bool is_hidden(const char *process)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "/proc/%s", process);
	return strcmp(process, "1") != 0 && access(path, F_OK) == 0;
}

static int visit_processes(struct namespace_walk *walk)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;
	int error = 0;

	if (!processes)
		return -errno;
	while (error == 0 && (entry = readdir(processes))) {
		char path[PATH_MAX], command[32] = "?";
		struct network_namespace *known;
		struct stat status;

		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
		/* Most processes are in one that is known: not even opened. */
		if (stat(path, &status) < 0) {
			walk->found.hidden |= errno != ENOENT && is_hidden(entry->d_name);
			continue;
		}
		if (is_own(walk, &status))
			continue;
		known = find_known(walk, &status);
		if (known) {
			if (known->member == 0)
				known->member = strtoul(entry->d_name, NULL, 10);
			continue;
		}
		(void)snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		(void)!kernel_file_read(path, command, sizeof(command));
		(void)snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
		error = walk_add(
			walk, &status,
			&(struct namespace_place){.path = path,
						  .command = command,
						  .pid = strtoul(entry->d_name, NULL, 10)});
	}
	(void)closedir(processes);
	return error;
}

/* A namespace that is known by its name or a process is met here a second time. */
static int visit_listed(struct namespace_walk *walk, uint64_t id)
{
	char path[sizeof("net:[18446744073709551615]")];
	struct stat status = {0};
	int CLEANUP(close_descriptor) fd = open_listed(id, &status);

	if (fd == -EPERM || fd == -EACCES || fd == -ENOSYS)
		walk->found.by_kernel = false;
	if (fd < 0 || is_namespace_known(walk, &status))
		return 0;
	(void)snprintf(path, sizeof(path), "net:[%" PRIu64 "]", (uint64_t)status.st_ino);
	return walk_add(walk, &status, &(struct namespace_place){.path = path, .id = id});
}

/*
 * Adds those that neither a name nor a process has led to. The kernel is asked by the call itself,
 * because a distribution may have it in an older release, and a sandbox may refuse it.
 */
static int visit_all_listed(struct namespace_walk *walk)
{
	/* There is room for the own one, and for one that is too many. */
	uint64_t ids[NAMESPACES_MAX + 2];
	int count = namespace_ids_list(ids, ARRAY_SIZE(ids));
	int error = 0;

	walk->found.by_kernel = count > 0;
	walk->found.cut |= count == ARRAY_SIZE(ids);
	for (int i = 0; i < count && error == 0; i++)
		error = visit_listed(walk, ids[i]);
	return error;
}

int namespaces_list(struct network_namespaces *ret)
{
	struct namespace_walk walk = {0};
	int error = 0;

	/* Without it nobody can tell which are others. */
	if (stat(OWN_NAMESPACE, &walk.own) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == 0; i++)
		error = visit_names(&walk, folders[i]);
	if (error == 0)
		error = visit_processes(&walk);
	if (error == 0)
		error = visit_all_listed(&walk);
	if (error < 0) {
		network_namespaces_done(&walk.found);
		return error;
	}
	*ret = walk.found;
	return 0;
}

static int find_path(const char *path, const char *name, struct network_namespace *ret)
{
	struct namespace_walk walk = {0};
	struct stat status = {0};
	int CLEANUP(close_descriptor) fd = open_namespace(path, &status);
	int error;

	if (fd < 0)
		return fd;
	if (stat(OWN_NAMESPACE, &walk.own) == 0 && is_namespace_known(&walk, &status))
		return -EALREADY;
	error = walk_add(&walk, &status, &(struct namespace_place){.name = name, .path = path});
	if (error == 0)
		*ret = walk.found.items[0];
	free(walk.found.items);
	return error;
}

int namespaces_find(const char *name_or_path, struct network_namespace *ret)
{
	int error = -ENOENT;

	if (strchr(name_or_path, '/'))
		return find_path(name_or_path, NULL, ret);
	for (size_t i = 0; i < ARRAY_SIZE(folders) && error == -ENOENT; i++) {
		char path[PATH_MAX];

		if (snprintf(path, sizeof(path), "%s/%s", folders[i], name_or_path) >=
		    (int)sizeof(path))
			return -ENAMETOOLONG;
		error = find_path(path, name_or_path, ret);
	}
	return error;
}

int namespaces_open_own(int *ret_own)
{
	int own = open(OWN_NAMESPACE, O_RDONLY | O_CLOEXEC);
	int error;

	if (own < 0)
		return -errno;
	if (setns(own, CLONE_NEWNET) == 0) {
		*ret_own = own;
		return 0;
	}
	error = -errno;
	(void)close(own);
	return error;
}

int namespaces_enter(const struct network_namespace *namespace)
{
	struct stat status = {0};
	int CLEANUP(close_descriptor) fd = namespace->id ? open_listed(namespace->id, &status)
							 : open_namespace(namespace->path, &status);

	/*
	 * A name whose namespace was taken away may stay behind as an empty file; a number may be
	 * another process's.
	 */
	if (fd == -EINVAL || fd == -ESTALE ||
	    (fd >= 0 && !is_same(&status, namespace->device, namespace->inode)))
		return -ENOENT;
	if (fd < 0)
		return fd;
	return setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
}

void namespaces_return(int own)
{
	if (setns(own, CLONE_NEWNET) == 0)
		return;
	(void)fputs("conntrack-persist: cannot return to its own network namespace\n", stderr);
	abort();
}
