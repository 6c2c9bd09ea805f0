/* Finds, reads and checks files below a directory handle (--root). */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/files/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include "base/array.h"
#include "host/files/mount.h"
#include "host/files/tree-internal.h"

/* These flags keep an open from waiting for a FIFO's other end and from making a terminal ours. */
#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

static int open_root(const char *directory, struct tree *tree)
{
	size_t length = strlen(directory);
	struct stat here, top;

	tree->root = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (tree->root < 0 || fstat(tree->root, &here) < 0 || stat("/", &top) < 0)
		return -errno;
	tree->contained = here.st_dev != top.st_dev || here.st_ino != top.st_ino;
	while (length > 0 && directory[length - 1] == '/')
		length--;
	tree->prefix = strndup(directory, tree->contained ? length : 0);
	return tree->prefix ? 0 : -ENOMEM;
}

int tree_open(const char *directory, struct tree **ret)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	int error;

	if (!tree)
		return -ENOMEM;
	error = open_root(directory, tree);
	if (error < 0) {
		tree_close(tree);
		return error;
	}
	*ret = tree;
	return 0;
}

int tree_confine(struct tree *tree)
{
	if (!tree->contained)
		return 0;
	tree->confined = true;
	return mount_find(tree->root, ".", &tree->mount);
}

struct tree *tree_close(struct tree *tree)
{
	if (!tree)
		return NULL;
	close_descriptor(&tree->root);
	tree->labels = labels_close(tree->labels);
	free(tree->prefix);
	free(tree);
	return NULL;
}

const char *tree_prefix(const struct tree *tree)
{
	return tree->prefix;
}

int tree_use_labels(struct tree *tree)
{
	return tree->contained || tree->labels ? 0 : labels_open(&tree->labels);
}

const char *tree_unlabelled(const struct tree *tree)
{
	return labels_unlabelled(tree->labels);
}

/* On the running host the kernel resolves the path, because no path must be kept inside. */
static int split_path(const char *path, struct tree_place *ret)
{
	char directory[PATH_MAX];
	size_t end = strlen(path), start;

	while (end > 0 && path[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path[start - 1] != '/';)
		start--;
	if (end - start > NAME_MAX || start >= sizeof(directory))
		return -ENAMETOOLONG;
	memcpy(ret->name, path + start, end - start);
	ret->name[end - start] = '\0';
	if (end == 0)
		memcpy(ret->name, ".", 2);
	memcpy(directory, path, start);
	directory[start] = '\0';
	ret->directory = open(start > 0 ? directory : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return ret->directory < 0 ? -errno : 0;
}

int tree_check_mount(const struct tree *tree, int directory, const char *name)
{
	uint64_t mount;
	int error;

	if (!tree->confined)
		return 0;
	error = mount_find(directory, name, &mount);
	if (error < 0)
		return error == -ENOENT ? 0 : error;
	return mount == tree->mount ? 0 : -EXDEV;
}

/* Returns whether each boot makes the file again, so that an image does not contain it. */
static bool is_of_boot(const char *path)
{
	static const char *const names[] = {"/run", "/proc", "/sys", "/dev"};

	path += strspn(path, "/") - 1;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t length = strlen(names[i]);

		if (strncmp(path, names[i], length) == 0 &&
		    (path[length] == '/' || path[length] == '\0'))
			return true;
	}
	return false;
}

static int find_contained(const struct tree *tree, const char *path, bool follow,
			  struct tree_place *ret)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	int error = tree_resolve(tree, path, follow, &place);

	if (error == -ENOSYS || error == -EPERM || error == -EAGAIN)
		error = tree_walk(tree, path, follow, &place);
	if (error == 0)
		error = tree_check_mount(tree, place.directory, place.name);
	if (error == -EXDEV && is_of_boot(path))
		return -ENOENT;
	if (error < 0)
		return error;
	*ret = place;
	place.directory = -1;
	return 0;
}

static int find_place(const struct tree *tree, const char *path, bool follow,
		      struct tree_place *ret)
{
	if (path[0] != '/')
		return -EINVAL;
	return tree->contained ? find_contained(tree, path, follow, ret) : split_path(path, ret);
}

int tree_find_mount(const struct tree *tree, const char *path, char **ret)
{
	char part[PATH_MAX];

	if (strlen(path) >= sizeof(part))
		return -ENAMETOOLONG;
	for (size_t end = 1; end <= strlen(path); end++) {
		struct tree_place CLEANUP(place_done) place = {.directory = -1};

		if (path[end] != '/' && path[end] != '\0')
			continue;
		memcpy(part, path, end);
		part[end] = '\0';
		if (find_place(tree, part, true, &place) != -EXDEV)
			continue;
		*ret = strdup(part);
		return *ret ? 0 : -ENOMEM;
	}
	return -ENOENT;
}

int tree_find_place(const struct tree *tree, const char *path, struct tree_place *ret)
{
	return find_place(tree, path, false, ret);
}

/*
 * Finds the file that a path leads to. *ret_follow: the kernel must follow the last part, because
 * the tree is the running host. A contained tree has followed the link by itself; a link there is
 * one to NULL_DEVICE, or has become a link since.
 */
static int find_target(const struct tree *tree, const char *path, struct tree_place *ret,
		       bool *ret_follow)
{
	*ret_follow = !tree->contained;
	return find_place(tree, path, true, ret);
}

int read_link(int directory, const char *name, char target[static PATH_MAX])
{
	ssize_t length = readlinkat(directory, name, target, PATH_MAX - 1);

	if (length < 0)
		return -errno;
	target[length] = '\0';
	return 0;
}

static bool is_masking_link(int directory, const char *name)
{
	char target[PATH_MAX];

	return read_link(directory, name, target) == 0 && strcmp(target, NULL_DEVICE) == 0;
}

/*
 * Reads an open file to its end. expected: the size from stat(2), which is 0 for files of /proc. A
 * file whose expected size is above the limit is not read at all.
 */
static int read_bytes(int fd, off_t expected, size_t limit, char **ret_bytes, size_t *ret_size)
{
	bool fits = expected >= 0 && (uintmax_t)expected <= limit;
	/* One byte more than the file has shows its end, and one is for the NUL. */
	size_t room = fits ? (size_t)expected + 2 : 0, size = 0;
	char *CLEANUP(free_pointer) bytes = fits ? malloc(room) : NULL;

	if (!fits)
		return -EFBIG;
	while (bytes) {
		/* The last byte is kept for the NUL. */
		ssize_t got = read(fd, bytes + size, room - 1 - size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		size += (size_t)got;
		if (size > limit)
			return -EFBIG;
		if (got == 0) {
			bytes[size] = '\0';
			*ret_bytes = steal_pointer(&bytes);
			*ret_size = size;
			return 0;
		}
		if (size == room - 1) {
			char *larger = realloc(bytes, 2 * room + 4096);

			if (!larger)
				return -ENOMEM;
			bytes = larger;
			room = 2 * room + 4096;
		}
	}
	return -ENOMEM;
}

static int read_nothing(char **ret_bytes, size_t *ret_size)
{
	char *bytes = calloc(1, 1);

	if (!bytes)
		return -ENOMEM;
	*ret_bytes = bytes;
	*ret_size = 0;
	return 0;
}

/*
 * Opens a regular file. For any other file *ret_status tells the type, and *ret_fd stays unchanged,
 * because opening a device can do harm (a watchdog begins to count), and an image may contain any.
 */
static int open_regular(int directory, const char *name, bool follow, int *ret_fd,
			struct stat *ret_status)
{
	int CLEANUP(close_descriptor) fd = -1;

	if (fstatat(directory, name, ret_status, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISREG(ret_status->st_mode))
		return 0;
	fd = openat(directory, name, READ_FLAGS | (follow ? 0 : O_NOFOLLOW));
	/* The status is that of the open file, not of the one that was there a moment before. */
	if (fd < 0 || fstat(fd, ret_status) < 0)
		return -errno;
	if (!S_ISREG(ret_status->st_mode))
		return 0;
	*ret_fd = steal_descriptor(&fd);
	return 0;
}

int tree_missing_error(const struct tree *tree, const char *path)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	char target[PATH_MAX];

	if (tree_find_place(tree, path, &place) == 0 &&
	    read_link(place.directory, place.name, target) == 0)
		return -ENOLINK;
	return -ENOENT;
}

/*
 * Opens the file that a path leads to as open_regular() does, and gives the place for a file that
 * is not regular.
 */
static int open_target(const struct tree *tree, const char *path, struct tree_place *place,
		       int *ret_fd, struct stat *ret_status)
{
	bool follow;
	int error = find_target(tree, path, place, &follow);

	if (error == 0)
		error = open_regular(place->directory, place->name, follow, ret_fd, ret_status);
	return error == -ENOENT ? tree_missing_error(tree, path) : error;
}

int tree_open_file(const struct tree *tree, const char *path, int *ret_fd)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	struct stat status = {0};
	int fd = -1, error = open_target(tree, path, &place, &fd, &status);

	if (error < 0)
		return error;
	if (fd < 0)
		return S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	*ret_fd = fd;
	return 0;
}

int tree_read(const struct tree *tree, const char *path, size_t limit, char **ret_bytes,
	      size_t *ret_size)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	int CLEANUP(close_descriptor) fd = -1;
	struct stat status = {0};
	int error = open_target(tree, path, &place, &fd, &status);

	if (error < 0)
		return error;
	if (fd >= 0)
		return read_bytes(fd, status.st_size, limit, ret_bytes, ret_size);
	if (S_ISLNK(status.st_mode))
		return is_masking_link(place.directory, place.name)
			       ? read_nothing(ret_bytes, ret_size)
			       : -ELOOP;
	if (S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3))
		return read_nothing(ret_bytes, ret_size);
	return S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
}

int tree_read_script(const struct tree *tree, const char *path, size_t limit, mode_t *ret_mode,
		     char **ret_bytes, size_t *ret_size)
{
	static const char magic[] = {'\177', 'E', 'L', 'F'};
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	int CLEANUP(close_descriptor) fd = -1;
	struct stat status = {0};
	int error = open_target(tree, path, &place, &fd, &status);
	char first[sizeof(magic)];

	if (error < 0)
		return error;
	if (fd < 0)
		return S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	*ret_mode = status.st_mode & 07777;
	if (pread(fd, first, sizeof(first), 0) == (ssize_t)sizeof(first) &&
	    memcmp(first, magic, sizeof(magic)) == 0)
		return read_nothing(ret_bytes, ret_size);
	return read_bytes(fd, status.st_size, limit, ret_bytes, ret_size);
}

static enum file_kind kind_of(mode_t mode)
{
	if (S_ISREG(mode))
		return FILE_REGULAR;
	if (S_ISLNK(mode))
		return FILE_SYMLINK;
	return S_ISDIR(mode) ? FILE_DIRECTORY : FILE_SPECIAL;
}

static struct observed_file describe(const struct stat *status)
{
	return (struct observed_file){
		.kind = kind_of(status->st_mode),
		.mode = status->st_mode & 07777,
		.uid = status->st_uid,
		.gid = status->st_gid,
		.device = status->st_dev,
		.inode = status->st_ino,
		.links = status->st_nlink,
		.changed_ns = status->st_mtim.tv_sec * 1000000000LL + status->st_mtim.tv_nsec,
	};
}

static int look_link(int directory, const char *name, struct observed_file *file)
{
	char target[PATH_MAX];
	int error = read_link(directory, name, target);

	if (error < 0)
		return error;
	file->bytes = strdup(target);
	if (!file->bytes)
		return -ENOMEM;
	file->size = strlen(target);
	if (strcmp(target, NULL_DEVICE) == 0)
		file->kind = FILE_MASKED;
	return 0;
}

int look_at(int directory, const char *name, size_t limit, struct observed_file *ret)
{
	int CLEANUP(close_descriptor) fd = -1;
	struct observed_file file = {0};
	struct stat status;
	int error = open_regular(directory, name, false, &fd, &status);

	if (error == -ENOENT) {
		*ret = file;
		return 0;
	}
	if (error < 0)
		return error;
	file = describe(&status);
	if (fd >= 0)
		error = read_bytes(fd, status.st_size, limit, &file.bytes, &file.size);
	else if (file.kind == FILE_SYMLINK)
		error = look_link(directory, name, &file);
	if (error < 0)
		return error;
	*ret = file;
	return 0;
}

int tree_look(const struct tree *tree, const char *path, size_t limit, struct observed_file *ret)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	int error = tree_find_place(tree, path, &place);

	if (error == -ENOENT) {
		*ret = (struct observed_file){0};
		return 0;
	}
	return error < 0 ? error : look_at(place.directory, place.name, limit, ret);
}

int tree_read_link(const struct tree *tree, const char *path, char **ret)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	char target[PATH_MAX];
	int error = tree_find_place(tree, path, &place);
	char *copy;

	if (error == 0)
		error = read_link(place.directory, place.name, target);
	if (error < 0)
		return error;
	copy = strdup(target);
	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}

bool tree_is_directory(const struct tree *tree, const char *path)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	struct stat status;

	return tree_find_place(tree, path, &place) == 0 &&
	       fstatat(place.directory, place.name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(status.st_mode);
}

int tree_open_directory(const struct tree *tree, const char *path, int flags, int *ret_fd)
{
	struct tree_place CLEANUP(place_done) place = {.directory = -1};
	bool follow;
	int error = find_target(tree, path, &place, &follow), fd;

	if (error < 0)
		return error;
	fd = openat(place.directory, place.name,
		    flags | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

bool tree_is_read_only(const struct tree *tree, const char *path)
{
	int CLEANUP(close_descriptor) fd = -1;
	struct statvfs status;

	return tree_open_directory(tree, path, O_PATH, &fd) == 0 && fstatvfs(fd, &status) == 0 &&
	       (status.f_flag & ST_RDONLY) != 0;
}
