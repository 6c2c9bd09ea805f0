/* Lists, makes and removes the directories of a tree. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/text.h"
#include "host/files/tree-internal.h"
#include "model/installed/acl.h"

#define DIRECTORY_MODE 0755

/* A directory with more entries than this is not read to its end. */
#define ENTRIES_MAX 100000U

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
	size_t entries = 0;
	int error = 0;

	if (!listing) {
		error = -errno;
		(void)close(fd);
		return error;
	}
	while (error == 0) {
		const struct dirent *entry;

		/* readdir(3) returns NULL both at the end and on an error; only errno differs. */
		errno = 0;
		entry = readdir(listing);
		if (!entry)
			return -errno;
		if (++entries > ENTRIES_MAX)
			return -EOVERFLOW;
		if (entry->d_name[0] == '.' || !text_ends_with(entry->d_name, suffix))
			continue;
		error = names->count == TREE_NAMES_MAX ? -EOVERFLOW
						       : names_add(names, entry->d_name);
	}
	return error;
}

int tree_list(const struct tree *tree, const char *path, const char *suffix, struct names *ret)
{
	struct names names = {0};
	int fd, error = tree_open_directory(tree, path, O_RDONLY, &fd);

	if (error == 0)
		error = list_directory(fd, suffix, &names);
	else if (error == -ENOENT)
		error = 0;
	if (error < 0) {
		names_done(&names);
		return error;
	}
	if (names.count > 0)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	*ret = names;
	return 0;
}

/* Returns 1 if the directory is missing. */
static int is_missing_directory(const struct tree *tree, const char *path)
{
	int CLEANUP(close_descriptor) fd = -1;
	int error = tree_open_directory(tree, path, O_PATH, &fd);

	/*
	 * A link to nowhere does not count as missing, because no directory can be made in its
	 * place.
	 */
	if (error == -ENOENT)
		error = tree_missing_error(tree, path);
	return error == -ENOENT ? 1 : error;
}

int tree_missing_directories(const struct tree *tree, const char *path, struct names *ret)
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
		names_done(&names);
		return error;
	}
	*ret = names;
	return 0;
}

/*
 * Returns 1 if the access control list of the file lets others write. File systems without such
 * lists return 0.
 */
static int is_loose_by_acl(int fd, const struct stat *status)
{
	char *CLEANUP(free_pointer) list = malloc(ACL_SIZE_MAX);
	ssize_t size;

	if (!list)
		return -ENOMEM;
	size = fgetxattr(fd, ACL_ATTRIBUTE, list, ACL_SIZE_MAX);
	if (size >= 0)
		return acl_lets_others_write(list, (size_t)size, status->st_gid);
	return errno == ENODATA || errno == ENOTSUP || errno == ENOSYS ? 0 : -errno;
}

/*
 * Returns 1 if others than root may write to the file. If there is an access control list, the
 * group's bits of the mode are the mask of the list.
 */
static int is_loose(int fd, struct loose_directory *ret)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	ret->mode = status.st_mode & 07777;
	ret->uid = status.st_uid;
	ret->by_acl = status.st_uid == 0 && (status.st_mode & S_IWOTH) == 0 &&
		      ((status.st_mode & S_IWGRP) == 0 || status.st_gid == 0);
	return ret->by_acl ? is_loose_by_acl(fd, &status) : 1;
}

int tree_find_loose_directory(const struct tree *tree, const char *path,
			      struct loose_directory *ret)
{
	char part[PATH_MAX];

	if (strlen(path) >= sizeof(part))
		return -ENAMETOOLONG;
	memcpy(part, path, strlen(path) + 1);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		struct loose_directory found = {0};
		int CLEANUP(close_descriptor) fd = -1;
		int error;

		*slash = '\0';
		error = tree_open_directory(tree, part, O_RDONLY, &fd);
		if (error == -ENOENT)
			return 0;
		if (error == 0)
			error = is_loose(fd, &found);
		if (error < 0)
			return error;
		if (error > 0) {
			found.name = strdup(part);
			*ret = found;
			return found.name ? 1 : -ENOMEM;
		}
		*slash = '/';
	}
	return 0;
}

/*
 * A umask may have removed permissions, so they are set again; a set-group-id bit that the parent
 * hands down stays.
 */
static int give_mode(const struct tree_place *place)
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

int tree_make_directory(const struct tree *tree, const char *path, struct tree_place *ret)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
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
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	int error = tree_find_place(tree, path, &place);

	if (error == -ENOENT)
		return 0;
	if (error < 0)
		return error;
	if (unlinkat(place.directory, place.name, AT_REMOVEDIR) == 0)
		return 1;
	/* EBUSY means that a file system is mounted there. */
	return errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST || errno == EBUSY ? 0
											  : -errno;
}

void place_sync(const struct tree_place *place)
{
	int CLEANUP(close_descriptor)
		fd = openat(place->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)fsync(fd);
}

/*
 * Makes a directory and syncs its name, because the files in it are lost with that name. A failed
 * sync is no failure yet.
 */
static int make_lasting(const struct tree *tree, const char *path)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	int made = tree_make_directory(tree, path, &place);

	if (made > 0)
		place_sync(&place);
	return made;
}

int tree_make_with_parents(const struct tree *tree, const char *path)
{
	struct names CLEANUP(names_done) missing = {0};
	int error = tree_missing_directories(tree, path, &missing);

	for (size_t i = 0; i < missing.count && error >= 0; i++)
		error = make_lasting(tree, missing.items[i]);
	return error < 0 ? error : make_lasting(tree, path);
}
