/* Finds the mount that a file lies on. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/files/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Returns 1 if the kernel does not tell the mount in this way. */
static int ask_kernel(int directory, const char *name, uint64_t *ret)
{
#ifdef STATX_MNT_ID
	struct statx status;

	if (statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_MNT_ID, &status) <
	    0)
		return errno == ENOSYS || errno == EPERM ? 1 : -errno;
	*ret = status.stx_mnt_id;
	return (status.stx_mask & STATX_MNT_ID) == 0;
#else
	(void)directory;
	(void)name;
	(void)ret;
	return 1;
#endif
}

static int ask_proc(int fd, uint64_t *ret)
{
	char path[64], text[512];
	int CLEANUP(close_descriptor) info = -1;
	const char *line;
	ssize_t got;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	got = info < 0 ? -1 : read(info, text, sizeof(text) - 1);
	if (got <= 0)
		return 1;
	text[got] = '\0';
	line = strstr(text, "mnt_id:");
	if (!line)
		return 1;
	*ret = strtoull(line + strlen("mnt_id:"), NULL, 10);
	return 0;
}

int mount_find(int directory, const char *name, uint64_t *ret)
{
	int CLEANUP(close_descriptor) fd = -1;
	struct stat status;
	int error = ask_kernel(directory, name, ret);

	if (error <= 0)
		return error;
	fd = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (ask_proc(fd, ret) != 0)
		*ret = status.st_dev;
	return 0;
}
