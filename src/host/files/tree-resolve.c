/* Resolves a path below another root than / by openat2(2), else by tree-walk.c. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "host/files/tree-internal.h"

#define LINKS_MAX 40U

#if defined(SYS_openat2) && __has_include(<linux/openat2.h>)
#include <linux/openat2.h>

/* No link and no `..` leads above the root, and an absolute path begins there. */
static int open_in_root(const struct tree *tree, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
			       .resolve = RESOLVE_IN_ROOT | (tree->confined ? RESOLVE_NO_XDEV : 0)};
	long fd = syscall(SYS_openat2, tree->root, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}
#else
static int open_in_root(const struct tree *tree, const char *path)
{
	(void)tree;
	(void)path;
	return -ENOSYS;
}
#endif

/*
 * Cuts a path behind the slash before its last part, and gives that part in *ret_name; "." if the
 * path has none.
 */
static int split(char path[static PATH_MAX], char ret_name[static NAME_MAX + 1])
{
	size_t end = strlen(path), start;

	while (end > 0 && path[end - 1] == '/')
		end--;
	path[end] = '\0';
	for (start = end; start > 0 && path[start - 1] != '/';)
		start--;
	if (end - start > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(ret_name, path + start, end - start + 1);
	if (end == start || strcmp(ret_name, ".") == 0 || strcmp(ret_name, "..") == 0)
		memcpy(ret_name, ".", 2);
	else
		path[start] = '\0';
	return 0;
}

/* Joins the text of a link to the folder that this path lies in. */
static int join(char path[static PATH_MAX], const char *target)
{
	char whole[PATH_MAX];

	if (snprintf(whole, sizeof(whole), "%s%s", target[0] == '/' ? "" : path, target) >=
	    (int)sizeof(whole))
		return -ENAMETOOLONG;
	memcpy(path, whole, strlen(whole) + 1);
	return 0;
}

int tree_resolve(const struct tree *tree, const char *path, bool follow, struct tree_place *ret)
{
	char rest[PATH_MAX], target[PATH_MAX], name[NAME_MAX + 1];

	if (strlen(path) >= sizeof(rest))
		return -ENAMETOOLONG;
	memcpy(rest, path, strlen(path) + 1);
	for (unsigned int links = 0; links <= LINKS_MAX; links++) {
		int CLEANUP(close_descriptor) fd = -1;
		int error = split(rest, name);

		if (error < 0)
			return error;
		fd = open_in_root(tree, rest[0] ? rest : "/");
		if (fd < 0)
			return fd;
		error = follow ? read_link(fd, name, target) : -EINVAL;
		if (error == -EINVAL || error == -ENOENT ||
		    (error == 0 && strcmp(target, NULL_DEVICE) == 0)) {
			ret->directory = steal_descriptor(&fd);
			memcpy(ret->name, name, strlen(name) + 1);
			return 0;
		}
		if (error == 0)
			error = join(rest, target);
		if (error < 0)
			return error;
	}
	return -ELOOP;
}
