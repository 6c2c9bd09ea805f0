/* Resolves a path below another root than /, so that no link and no `..` leads out of it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "host/files/tree-internal.h"

#define LINKS_MAX 40U
#define DEPTH_MAX 64U

/*
 * A walk in progress: the directories from the root down to the current one. `..` goes back in this
 * list and is never opened, so that a directory that is moved meanwhile cannot lead the walk out.
 */
struct path_walk {
	const struct tree *tree;
	int stack[DEPTH_MAX];
	size_t depth;
	unsigned int links;
	char rest[PATH_MAX]; /* the rest of the path */
};

static void walk_done(struct path_walk *walk)
{
	while (walk->depth > 0)
		(void)close(walk->stack[--walk->depth]);
}

static int walk_start(struct path_walk *walk, const struct tree *tree, const char *path)
{
	if (strlen(path) >= sizeof(walk->rest))
		return -ENAMETOOLONG;
	memcpy(walk->rest, path, strlen(path) + 1);
	walk->tree = tree;
	walk->stack[0] = fcntl(tree->root, F_DUPFD_CLOEXEC, 3);
	if (walk->stack[0] < 0)
		return -errno;
	walk->depth = 1;
	return 0;
}

static int walk_directory(const struct path_walk *walk)
{
	return walk->stack[walk->depth - 1];
}

/* Closes the directories below this depth, but never the root, which is its own parent. */
static void walk_back(struct path_walk *walk, size_t depth)
{
	while (walk->depth > 1 && walk->depth > depth)
		(void)close(walk->stack[--walk->depth]);
}

/* Takes the next name off the rest. Returns 1 with the name in *name, or 0 if there is none. */
static int walk_next(struct path_walk *walk, char name[static NAME_MAX + 1])
{
	char *start = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(start, "/");
	const char *end = start + length;

	if (length > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, start, length);
	name[length] = '\0';
	end += strspn(end, "/");
	memmove(walk->rest, end, strlen(end) + 1);
	return length > 0;
}

/* Puts a link's text before the rest of the path. */
static int walk_follow(struct path_walk *walk, const char *target)
{
	char rest[PATH_MAX];

	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	if (snprintf(rest, sizeof(rest), "%s/%s", target, walk->rest) >= (int)sizeof(rest))
		return -ENAMETOOLONG;
	memcpy(walk->rest, rest, strlen(rest) + 1);
	if (target[0] == '/')
		walk_back(walk, 1);
	return 0;
}

/* O_NOFOLLOW fails if the directory has become a link since the check. */
static int walk_enter(struct path_walk *walk, const char *name)
{
	int fd;

	if (walk->depth == DEPTH_MAX)
		return -ENAMETOOLONG;
	fd = openat(walk_directory(walk), name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	walk->stack[walk->depth++] = fd;
	return tree_check_mount(walk->tree, fd, ".");
}

/* Takes one step. Returns 1 if the name is the last part of the path and must not be followed. */
static int walk_step(struct path_walk *walk, const char *name, bool follow)
{
	bool last = walk->rest[0] == '\0';
	char target[PATH_MAX];
	int error;

	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") == 0) {
		walk_back(walk, walk->depth - 1);
		return 0;
	}
	if (last && !follow)
		return 1;
	error = read_link(walk_directory(walk), name, target);
	if (error == 0)
		return last && strcmp(target, NULL_DEVICE) == 0 ? 1 : walk_follow(walk, target);
	if (last && (error == -EINVAL || error == -ENOENT))
		return 1;
	return error == -EINVAL ? walk_enter(walk, name) : error;
}

int tree_walk(const struct tree *tree, const char *path, bool follow, struct tree_place *ret)
{
	struct path_walk CLEANUP(walk_done) walk = {0};
	char name[NAME_MAX + 1];
	int result = walk_start(&walk, tree, path);

	while (result == 0) {
		result = walk_next(&walk, name);
		if (result == 0) {
			memcpy(name, ".", 2);
			break;
		}
		if (result > 0)
			result = walk_step(&walk, name, follow);
	}
	if (result < 0)
		return result;
	ret->directory = walk.stack[--walk.depth];
	memcpy(ret->name, name, strlen(name) + 1);
	return 0;
}
