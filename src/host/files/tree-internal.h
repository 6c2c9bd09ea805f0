/* What the tree-*.c share: a path resolved to an open directory and a name in it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "host/files/labels.h"
#include "host/files/tree.h"

struct tree {
	int root;	/* O_PATH descriptor */
	bool contained; /* another root than /: nothing may lead out */
	bool confined;	/* no mount below the root is crossed */
	uint64_t mount; /* confined: of the root, as mount_find() tells */
	char *prefix;
	struct labels *labels; /* NULL: what is made is not labelled */
};

/*
 * Where a path lies: a descriptor (O_PATH) of its directory and the last part of its name. What is
 * done there goes through the descriptor, so that no directory above can be swapped meanwhile.
 * Start with `.directory = -1`.
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
 * Writes the directory of a place to the disk as far as that can be done, so that a name in it
 * outlasts a power cut.
 */
void place_sync(const struct tree_place *place);

/* A link with this text masks a file: it reads as empty, also in an image without such a device. */
#define NULL_DEVICE "/dev/null"

/*
 * Finds the place of a path, whose last part need not be there and is not followed if it is a
 * link. Slashes at the end do not count; the root is the name "." in itself. -ENOENT: a directory
 * on the way is missing; -ENOTDIR, -ELOOP, -ENAMETOOLONG, -EACCES; -EINVAL: not absolute.
 */
MUST_CHECK int tree_find_place(const struct tree *tree, const char *path, struct tree_place *ret);

/*
 * -EXDEV: a confined tree, and what lies under this name is on another mount. What is not there is
 * on none.
 */
MUST_CHECK int tree_check_mount(const struct tree *tree, int directory, const char *name);

/*
 * The same for a contained tree, component by component in user space. -EXDEV: see
 * tree_check_mount(). follow: a link in the last part is followed too, but for one to NULL_DEVICE,
 * so that *ret is a link only if it is that one.
 */
MUST_CHECK int tree_walk(const struct tree *tree, const char *path, bool follow,
			 struct tree_place *ret);

/*
 * The same by openat2(2), but for the last part, whose mount is not looked at. -ENOSYS: the kernel
 * is older than 5.6; -EPERM: perhaps a sandbox that does not know the call; -EAGAIN: directories
 * are being moved about. tree_walk() can be asked then.
 */
MUST_CHECK int tree_resolve(const struct tree *tree, const char *path, bool follow,
			    struct tree_place *ret);

/* The text of a link, NUL-terminated. -EINVAL: not a link. */
MUST_CHECK int read_link(int directory, const char *name, char target[static PATH_MAX]);

/* Looks at a name in an open directory, as tree_look() does at a path. */
MUST_CHECK int look_at(int directory, const char *name, size_t limit, struct observed_file *ret);

/*
 * What -ENOENT from following a path means: -ENOLINK if its last part is a link to nowhere, else
 * -ENOENT.
 */
MUST_CHECK int tree_missing_error(const struct tree *tree, const char *path);

/* Opens a directory, following links as the tree does. flags: O_PATH or O_RDONLY. */
MUST_CHECK int tree_open_directory(const struct tree *tree, const char *path, int flags,
				   int *ret_fd);

/*
 * Makes a directory whose parent is there; 0755 whatever the umask is, as the system's own are.
 * 1: made, *ret is its place; 0: somebody else has made it, or something else lies there.
 */
MUST_CHECK int tree_make_directory(const struct tree *tree, const char *path,
				   struct tree_place *ret);

/* Makes a directory with those above it, each lasting. 1: made, 0: somebody else was faster. */
MUST_CHECK int tree_make_with_parents(const struct tree *tree, const char *path);

/* A growing list; tree_names_free() frees what it holds. */
struct names {
	char **items;
	size_t count;
};

MUST_CHECK int names_add(struct names *names, const char *name);
