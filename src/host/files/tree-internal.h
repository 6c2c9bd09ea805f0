/*
 * Declares the internals that the tree-*.c share: a path resolved to an open directory and a name
 * in it.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "host/files/labels.h"
#include "host/files/tree.h"

struct tree {
	int root;	/* O_PATH descriptor */
	bool contained; /* the root is not /: no path may lead out */
	bool confined;	/* no mount below the root is crossed */
	uint64_t mount; /* if confined: the root's mount, as mount_find() gives it */
	char *prefix;
	struct labels *labels; /* NULL: new files are not labelled */
};

/*
 * The place of a path: a descriptor (O_PATH) of its directory, and the last part of its name. All
 * work goes through the descriptor, so that no directory above can be swapped meanwhile. Start with
 * `.directory = -1`.
 */
struct tree_place {
	int directory;
	char name[NAME_MAX + 1];
};

/* Hands a descriptor on from a variable that closes it. */
static inline int steal_descriptor(int *fd)
{
	int held = *fd;

	*fd = -1;
	return held;
}

static inline void place_done(struct tree_place *place)
{
	close_descriptor(&place->directory);
	place->directory = -1;
}

/*
 * Writes the directory of a place to the disk as far as possible, so that a name in it survives a
 * power cut.
 */
void place_sync(const struct tree_place *place);

/*
 * A link with this text masks a file: the file reads as empty, even in an image without such a
 * device.
 */
#define NULL_DEVICE "/dev/null"

/*
 * Finds the place of a path. The last part need not exist, and is not followed if it is a link.
 * Slashes at the end do not count; the root is the name "." in itself. -ENOENT: a directory on the
 * way is missing; -ENOTDIR, -ELOOP, -ENAMETOOLONG, -EACCES; -EINVAL: the path is not absolute.
 */
MUST_CHECK int tree_find_place(const struct tree *tree, const char *path, struct tree_place *ret);

/*
 * Returns -EXDEV if the tree is confined and the file of this name is on another mount. A file that
 * does not exist is on no mount.
 */
MUST_CHECK int tree_check_mount(const struct tree *tree, int directory, const char *name);

/*
 * Does the same for a contained tree, component by component in user space. -EXDEV: see
 * tree_check_mount(). follow: a link in the last part is followed too, except one to NULL_DEVICE,
 * so that *ret is a link only if it is that one.
 */
MUST_CHECK int tree_walk(const struct tree *tree, const char *path, bool follow,
			 struct tree_place *ret);

/*
 * Does the same with openat2(2), but does not check the mount of the last part. -ENOSYS: the kernel
 * is older than 5.6; -EPERM: perhaps a sandbox does not know the call; -EAGAIN: directories are
 * being moved. The caller can use tree_walk() then.
 */
MUST_CHECK int tree_resolve(const struct tree *tree, const char *path, bool follow,
			    struct tree_place *ret);

/* Reads the text of a link, NUL-terminated. -EINVAL: the file is not a link. */
MUST_CHECK int read_link(int directory, const char *name, char target[static PATH_MAX]);

/* Looks at a name in an open directory, as tree_look() does at a path. */
MUST_CHECK int look_at(int directory, const char *name, size_t limit, struct observed_file *ret);

/*
 * Returns the errno to report if following a path gave -ENOENT: -ENOLINK if the last part is a link
 * to nowhere, else -ENOENT.
 */
MUST_CHECK int tree_missing_error(const struct tree *tree, const char *path);

/* Opens a directory, following links as the tree does. flags: O_PATH or O_RDONLY. */
MUST_CHECK int tree_open_directory(const struct tree *tree, const char *path, int flags,
				   int *ret_fd);

/*
 * Makes a directory whose parent exists; 0755 whatever the umask is, as the system's own are.
 * Returns 1 if the directory was made, with its place in *ret; 0 if another process has made it, or
 * another file lies there.
 */
MUST_CHECK int tree_make_directory(const struct tree *tree, const char *path,
				   struct tree_place *ret);

/*
 * Makes a directory and the directories above it, and syncs each. Returns 1 if the directory was
 * made, 0 if another process was faster.
 */
MUST_CHECK int tree_make_with_parents(const struct tree *tree, const char *path);
