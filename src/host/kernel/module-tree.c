/* Looks for the file of nf_conntrack in the module tree of the running kernel. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/module-tree.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/kernel/kernel-file.h"

static bool make_path(char path[PATH_MAX], const char *tree, const char *name, size_t length)
{
	return snprintf(path, PATH_MAX, "%s/%.*s", tree, (int)length, name) < PATH_MAX;
}

static bool has_file(const char *tree, const char *name, size_t length)
{
	char path[PATH_MAX];

	return make_path(path, tree, name, length) && access(path, F_OK) == 0;
}

/* Returns whether the module lies where the kernel's own build installs it. */
static bool has_module(const char *tree)
{
	static const char *const names[] = {
		"kernel/net/netfilter/nf_conntrack.ko",
		"kernel/net/netfilter/nf_conntrack.ko.gz",
		"kernel/net/netfilter/nf_conntrack.ko.xz",
		"kernel/net/netfilter/nf_conntrack.ko.zst",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (has_file(tree, names[i], strlen(names[i])))
			return true;
	return false;
}

/* Returns 1 if the list names a module whose file is there; 0 if not; or a negative errno. */
static int find_listed(const char *tree, const char *list, bool needs_file)
{
	char *CLEANUP(free_pointer) text = NULL;
	char path[PATH_MAX];
	const char *found;
	size_t length;
	int error = make_path(path, tree, list, strlen(list)) ? kernel_file_read_all(path, &text)
							      : -ENAMETOOLONG;

	if (error < 0 || !text)
		return error == -ENOENT ? 0 : error;
	found = modules_dep_find(text, "nf_conntrack", &length);
	if (!found || !needs_file)
		return found != NULL;
	return *found == '/' || has_file(tree, found, length);
}

/* A sandbox that hides the trees puts a folder without any permission over them. */
static bool is_hidden(const char *root)
{
	struct stat status;
	char path[PATH_MAX];

	return !make_path(path, root, "lib/modules", strlen("lib/modules")) ||
	       (stat(path, &status) == 0 && (status.st_mode & 0777) == 0) ||
	       (access(path, F_OK) < 0 && errno != ENOENT);
}

int module_tree_look(const char *root, const char *release, enum module_file *ret)
{
	char tree[PATH_MAX];
	int found;

	*ret = MODULE_FILE_UNKNOWN;
	if (!*release || is_hidden(root))
		return 0;
	if (snprintf(tree, sizeof(tree), "%s/lib/modules/%s", root, release) >= (int)sizeof(tree))
		return 0;
	if (access(tree, F_OK) < 0) {
		*ret = errno == ENOENT ? MODULE_FILE_NO_TREE : MODULE_FILE_UNKNOWN;
		return 0;
	}
	found = find_listed(tree, "modules.dep", true);
	if (found == 0)
		found = find_listed(tree, "modules.builtin", false);
	if (found < 0)
		return found;
	if (found > 0)
		*ret = MODULE_FILE_THERE;
	else
		*ret = has_module(tree) ? MODULE_FILE_NOT_LISTED : MODULE_FILE_NOT_IN_TREE;
	return 0;
}
