/* The witness of the running kernel: where it lies, and the names of control groups. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "host/kernel/kernel-file.h"
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

static uint64_t inode_of(const char *path)
{
	struct stat seen;

	return stat(path, &seen) == 0 ? (uint64_t)seen.st_ino : 0;
}

uint64_t witness_own_namespace(void)
{
	return inode_of("/proc/self/ns/net");
}

/*
 * Sets *ret to when a process began, in nanoseconds since boot: field 22 of /proc/PID/stat, in
 * ticks of the clock. The command, field 2, is in parentheses and may have any bytes.
 */
static bool find_start(uint32_t process, uint64_t *ret)
{
	char path[64], text[1024];
	long ticks = sysconf(_SC_CLK_TCK);
	const char *at;

	(void)snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", process);
	if (kernel_file_read(path, text, sizeof(text)) < 0)
		return false;
	at = strrchr(text, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at || ticks <= 0)
		return false;
	*ret = strtoull(at, NULL, 10) * (1000000000U / (uint64_t)ticks);
	return true;
}

uint64_t witness_find_namespace(const struct witness_event *event)
{
	uint64_t start = 0;
	char path[64];

	/* A process that began after the write is another one that got the same number. */
	if (event->process == 0 || !find_start(event->process, &start) || start > event->time)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%" PRIu32 "/ns/net", event->process);
	return inode_of(path);
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
