/* A file system whose power fails: what the program has not made durable is gone. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "faults/power.h"

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

/*
 * EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN, fs/ext4/ext4.h and fs/xfs/libxfs/xfs_fs.h, Linux 6.18.
 */
#define SHUTDOWN	 _IOR('X', 125, uint32_t)
#define SHUTDOWN_JOURNAL 1U /* the journal is written first */
#define SHUTDOWN_AT_ONCE 2U

static int open_place(const struct disk *disk)
{
	int fd = open(disk->place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		err(99, "%s", disk->place);
	return fd;
}

void power_settle(const struct disk *disk)
{
	int fd = open_place(disk);

	if (syncfs(fd) < 0)
		err(99, "syncfs");
	(void)close(fd);
}

void power_cut(const struct disk *disk, bool journal)
{
	uint32_t how = journal ? SHUTDOWN_JOURNAL : SHUTDOWN_AT_ONCE;
	int fd = open_place(disk);

	if (ioctl(fd, SHUTDOWN, &how) < 0)
		err(99, "cannot cut the power of %s", disk->place);
	(void)close(fd);
	if (umount2(disk->place, 0) < 0)
		err(99, "cannot unmount %s", disk->place);
	if (mount(disk->device, disk->place, disk->format, 0, disk->options) < 0)
		err(99, "cannot mount %s again", disk->device);
}
