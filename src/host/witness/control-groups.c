/* Finds the directory of a control group by the number that the kernel knows it by. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/witness/control-groups.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"

/* The open directories from the root to the present one, and the path of the present one. */
struct search {
	struct {
		DIR *directory;
		size_t length; /* of its path */
	} levels[GROUP_LEVELS_MAX];
	unsigned int depth, deepest;
	unsigned int opened;
	char path[PATH_MAX];
};

static void search_done(struct search *search)
{
	while (search->depth > 0)
		(void)closedir(search->levels[--search->depth].directory);
}

/* Goes into a directory, whose descriptor is taken over, unless that passes a bound. */
static void enter(struct search *search, int fd, size_t length)
{
	DIR *directory = NULL;

	if (fd >= 0 && search->depth < search->deepest && search->opened < GROUP_DIRECTORIES_MAX)
		directory = fdopendir(fd);
	if (!directory) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	search->opened++;
	search->levels[search->depth].directory = directory;
	search->levels[search->depth++].length = length;
}

/* Puts a name behind the path of the present directory. Returns the length; 0: it does not fit. */
static size_t append_name(struct search *search, const char *name)
{
	size_t before = search->levels[search->depth - 1].length, size = strlen(name);

	if (before + 1 + size >= sizeof(search->path))
		return 0;
	search->path[before] = '/';
	memcpy(search->path + before + 1, name, size + 1);
	return before + 1 + size;
}

bool control_group_find(const char *root, uint64_t inode, unsigned int levels, struct buffer *path)
{
	struct search CLEANUP(search_done) search = {
		.deepest = levels < GROUP_LEVELS_MAX ? levels : GROUP_LEVELS_MAX,
	};

	enter(&search, open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0);
	while (search.depth > 0) {
		DIR *directory = search.levels[search.depth - 1].directory;
		const struct dirent *entry = readdir(directory);
		size_t length;

		if (!entry) {
			(void)closedir(directory);
			search.depth--;
			continue;
		}
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		length = append_name(&search, entry->d_name);
		if (length > 0 && entry->d_ino == inode) {
			buffer_add(path, search.path);
			return true;
		}
		if (length > 0 && search.depth < search.deepest)
			enter(&search,
			      openat(dirfd(directory), entry->d_name,
				     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
			      length);
	}
	return false;
}
