/* The witness of the running kernel: where it lies, and the names of control groups. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "base/cleanup.h"
#include "host/witness/control-groups.h"
#include "host/witness/witness-loader.h"
#include "host/witness/witness.h"

/* include/uapi/linux/magic.h; old headers lack them. */
#define BPF_FILES_MAGIC	    0xcafe4a11U
#define CGROUP2_FILES_MAGIC 0x63677270U

/* The inode number of a cgroup2 root since Linux 5.5; a container sees another directory there. */
#define CGROUP2_ROOT_INODE 1U

static bool is_file_system(const char *path, unsigned int magic)
{
	struct statfs seen;

	return statfs(path, &seen) == 0 && (unsigned int)seen.f_type == magic;
}

/* Returns where cgroup2 is mounted: by itself, or beside the hierarchies of version 1; or NULL. */
static const char *find_root_group(void)
{
	static const char *const paths[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (is_file_system(paths[i], CGROUP2_FILES_MAGIC))
			return paths[i];
	return NULL;
}

static const struct witness_places *places_of(const char *group, struct witness_places *places)
{
	*places = (struct witness_places){.pins = PATH_WITNESS, .group = group};
	return places;
}

bool witness_is_loaded(void)
{
	struct witness_places places;

	return witness_loader_has(places_of(NULL, &places));
}

enum witness_obstacle witness_start(struct buffer *log, int *ret_error)
{
	const char *group = find_root_group();
	struct witness_places places;
	struct stat seen;

	*ret_error = 0;
	if (!group)
		return WITNESS_NO_CGROUP2;
	if (stat(group, &seen) == 0 && seen.st_ino != CGROUP2_ROOT_INODE)
		return WITNESS_IN_CONTAINER;
	if (!is_file_system(PATH_BPF, BPF_FILES_MAGIC))
		return WITNESS_NO_BPF_FILES;
	return witness_loader_start(places_of(group, &places), log, ret_error);
}

int witness_stop(void)
{
	struct witness_places places;

	return witness_loader_stop(places_of(NULL, &places));
}

int witness_read(struct witness_ring *ret)
{
	struct witness_places places;

	return witness_loader_read(places_of(NULL, &places), ret);
}

/* Returns whether the number can be that of a control group below the root. */
static bool is_group(uint64_t number)
{
	return number > CGROUP2_ROOT_INODE;
}

void witness_find_group(const struct witness_event *event, struct buffer *path, bool *ret_gone)
{
	const char *root = find_root_group();

	*ret_gone = false;
	if (!root || !is_group(event->group) ||
	    control_group_find(root, event->group, GROUP_LEVELS_MAX, path))
		return;
	*ret_gone = true;
	/* An ancestor lies at a known level, so that the search need not go deeper. */
	for (unsigned int level = WITNESS_ANCESTORS_MAX; level > 0; level--)
		if (is_group(event->ancestors[level - 1]) &&
		    control_group_find(root, event->ancestors[level - 1], level, path))
			return;
}

static uint64_t nanoseconds(clockid_t clock)
{
	struct timespec now = {0};

	(void)clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void witness_clock(uint64_t *ret_boot, uint64_t *ret_epoch)
{
	*ret_boot = nanoseconds(CLOCK_BOOTTIME);
	*ret_epoch = nanoseconds(CLOCK_REALTIME) / 1000;
}
