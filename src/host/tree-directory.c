/* The directories of a tree: list, make, remove, lock. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/text.h"
#include "host/tree-internal.h"

#define DIRECTORY_MODE 0755

/* How long a look at a lock held by somebody else is apart from the next, in milliseconds. */
#define LOCK_STEP_MS 50

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void close_listing(DIR *const *listing)
{
	if (*listing)
		(void)closedir(*listing);
}

static int list_directory(int fd, const char *suffix, struct names *names)
{
	DIR *CLEANUP(close_listing) listing = fdopendir(fd);
	int error = 0;

	if (!listing) {
		error = -errno;
		(void)close(fd);
		return error;
	}
	while (error == 0) {
		const struct dirent *entry;

		/* Its end and an error look alike but for errno. */
		errno = 0;
		entry = readdir(listing);
		if (!entry)
			return -errno;
		if (entry->d_name[0] != '.' && text_ends_with(entry->d_name, suffix))
			error = names_add(names, entry->d_name);
	}
	return error;
}

int tree_list(const struct tree *tree, const char *path, const char *suffix, char ***ret_names,
	      size_t *ret_count)
{
	struct names names = {0};
	int fd, error = tree_open_directory(tree, path, O_RDONLY, &fd);

	if (error == 0)
		error = list_directory(fd, suffix, &names);
	else if (error == -ENOENT)
		error = 0;
	if (error < 0) {
		tree_names_free(names.items, names.count);
		return error;
	}
	if (names.count > 0)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	*ret_names = names.items;
	*ret_count = names.count;
	return 0;
}

/* 1: it is missing. */
static int is_missing_directory(const struct tree *tree, const char *path)
{
	int CLEANUP(close_descriptor) fd = -1;
	int error = tree_open_directory(tree, path, O_PATH, &fd);

	/* A link to nowhere is not missing; a directory cannot be made in its place. */
	if (error == -ENOENT)
		error = tree_tell_missing(tree, path);
	return error == -ENOENT ? 1 : error;
}

int tree_missing_directories(const struct tree *tree, const char *path, char ***ret_names,
			     size_t *ret_count)
{
	struct names names = {0};
	char part[PATH_MAX];
	int error = 0;

	if (path[0] != '/')
		return -EINVAL;
	if (strlen(path) >= sizeof(part))
		return -ENAMETOOLONG;
	memcpy(part, path, strlen(path) + 1);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		if (slash[-1] == '/' || slash[strspn(slash, "/")] == '\0')
			continue;
		*slash = '\0';
		error = is_missing_directory(tree, part);
		if (error > 0)
			error = names_add(&names, part);
		if (error < 0)
			break;
		*slash = '/';
	}
	if (error < 0) {
		tree_names_free(names.items, names.count);
		return error;
	}
	*ret_names = names.items;
	*ret_count = names.count;
	return 0;
}

static bool is_loose(const struct stat *status)
{
	return status->st_uid != 0 || (status->st_mode & S_IWOTH) != 0 ||
	       ((status->st_mode & S_IWGRP) != 0 && status->st_gid != 0);
}

int tree_find_loose_directory(const struct tree *tree, const char *path, char **ret_name,
			      mode_t *ret_mode, uid_t *ret_uid)
{
	char part[PATH_MAX];

	if (strlen(path) >= sizeof(part))
		return -ENAMETOOLONG;
	memcpy(part, path, strlen(path) + 1);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		int CLEANUP(close_descriptor) fd = -1;
		struct stat status;
		int error;

		*slash = '\0';
		error = tree_open_directory(tree, part, O_PATH, &fd);
		if (error == -ENOENT)
			return 0;
		if (error < 0)
			return error;
		if (fstat(fd, &status) < 0)
			return -errno;
		if (is_loose(&status)) {
			*ret_name = strdup(part);
			*ret_mode = status.st_mode & 07777;
			*ret_uid = status.st_uid;
			return *ret_name ? 1 : -ENOMEM;
		}
		*slash = '/';
	}
	return 0;
}

/* What a umask took away is given again; set-group-id, if the parent hands it down, stays. */
static int give_mode(const struct place *place)
{
	int CLEANUP(close_descriptor) fd = openat(place->directory, place->name,
						  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if ((status.st_mode & 0777) == DIRECTORY_MODE)
		return 0;
	return fchmod(fd, (status.st_mode & 07000) | DIRECTORY_MODE) < 0 ? -errno : 0;
}

int tree_make_directory(const struct tree *tree, const char *path, struct place *ret)
{
	struct place CLEANUP(place_done) place = {.directory = -1};
	int error = tree_find_place(tree, path, &place), made;

	if (error == 0)
		error = labels_begin(tree->labels, path, S_IFDIR);
	if (error < 0)
		return error;
	made = mkdirat(place.directory, place.name, DIRECTORY_MODE);
	labels_end(tree->labels);
	if (made < 0)
		return errno == EEXIST ? 0 : -errno;
	error = give_mode(&place);
	if (error < 0) {
		(void)unlinkat(place.directory, place.name, AT_REMOVEDIR);
		return error;
	}
	*ret = place;
	place.directory = -1;
	return 1;
}

int tree_remove_directory(struct tree *tree, const char *path)
{
	struct place CLEANUP(place_done) place = {.directory = -1};
	int error = tree_find_place(tree, path, &place);

	if (error == -ENOENT)
		return 0;
	if (error < 0)
		return error;
	if (unlinkat(place.directory, place.name, AT_REMOVEDIR) == 0)
		return 1;
	/* EBUSY: something is mounted there. */
	return errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST || errno == EBUSY ? 0
											  : -errno;
}

static int64_t milliseconds_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* flock(2) itself knows no bound but a signal, which would be a matter of the whole program. */
static int lock_until(int fd, int64_t deadline)
{
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		struct timespec pause = {.tv_nsec = 1000000L * LOCK_STEP_MS};
		int64_t left;

		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return -errno;
		left = deadline - milliseconds_now();
		if (left <= 0)
			return -ETIMEDOUT;
		if (left < LOCK_STEP_MS)
			pause.tv_nsec = 1000000L * left;
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

/* Whether the directory that was locked is still the one at this path. 1: it is, 0: another one. */
static int is_still_there(const struct tree *tree, const char *path, int fd)
{
	int CLEANUP(close_descriptor) again = -1;
	struct stat locked, now;
	int error = tree_open_directory(tree, path, O_PATH, &again);

	if (error < 0)
		return error;
	if (fstat(fd, &locked) < 0 || fstat(again, &now) < 0)
		return -errno;
	return locked.st_dev == now.st_dev && locked.st_ino == now.st_ino;
}

/* What is put into a directory is lost with its own name; that it cannot be synced is no failure yet. */
static int make_lasting(const struct tree *tree, const char *path)
{
	struct place CLEANUP(place_done) place = {.directory = -1};
	int CLEANUP(close_descriptor) parent = -1;
	int made = tree_make_directory(tree, path, &place);

	if (made <= 0)
		return made;
	parent = openat(place.directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent >= 0)
		(void)fsync(parent);
	return made;
}

/* Makes a directory with those above it. 1: made, 0: somebody else was faster. */
static int make_with_parents(const struct tree *tree, const char *path)
{
	char **names = NULL;
	size_t count = 0;
	int error = tree_missing_directories(tree, path, &names, &count);

	for (size_t i = 0; i < count && error >= 0; i++)
		error = make_lasting(tree, names[i]);
	tree_names_free(names, count);
	return error < 0 ? error : make_lasting(tree, path);
}

static int open_or_make(const struct tree *tree, const char *path, int *ret_fd, bool *ret_made)
{
	int made, error = tree_open_directory(tree, path, O_RDONLY, ret_fd);

	*ret_made = false;
	if (error == -ENOENT)
		error = tree_tell_missing(tree, path);
	if (error != -ENOENT)
		return error;
	made = make_with_parents(tree, path);
	if (made < 0)
		return made;
	*ret_made = made > 0;
	return tree_open_directory(tree, path, O_RDONLY, ret_fd);
}

int tree_lock(struct tree *tree, const char *directory, int timeout_ms, int *ret_lock,
	      bool *ret_made_directory)
{
	int64_t deadline = milliseconds_now() + timeout_ms;

	do {
		int CLEANUP(close_descriptor) fd = -1;
		bool made = false;
		int result = open_or_make(tree, directory, &fd, &made);

		if (result == 0)
			result = lock_until(fd, deadline);
		if (result == 0)
			result = is_still_there(tree, directory, fd);
		if (result > 0) {
			*ret_lock = steal_descriptor(&fd);
			*ret_made_directory = made;
			return 0;
		}
		/* What has gone or is another one meanwhile was taken away by a holder: again. */
		if (result < 0 && result != -ENOENT)
			return result;
	} while (milliseconds_now() < deadline);
	return -ETIMEDOUT;
}
