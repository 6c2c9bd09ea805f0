/* One path as it was found on the host. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum file_kind {
	FILE_ABSENT,
	FILE_REGULAR,
	FILE_MASKED, /* a symbolic link to /dev/null: the administrator's way to switch a drop-in off */
	FILE_SYMLINK,
	FILE_DIRECTORY,
	FILE_SPECIAL, /* FIFO, socket, device */
};

/* One path, looked at without following a link in its last part. */
struct observed_file {
	enum file_kind kind;
	mode_t mode; /* permission bits only */
	uid_t uid;
	gid_t gid;
	char *bytes; /* owned; content of a regular file or target of a link, NUL-terminated; else NULL */
	size_t size;
	/* Which file it was, so that a change made in the meantime is noticed before it is replaced. */
	uint64_t device, inode;
	uint64_t links;	    /* names of the same inode */
	int64_t changed_ns; /* mtime, nanoseconds since the epoch */
};

void observed_file_clear(struct observed_file *file);
