/* One path as it was found on the host. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

enum file_kind {
	FILE_ABSENT,
	FILE_REGULAR,
	/* a symbolic link to /dev/null, with which administrators disable a drop-in */
	FILE_MASKED,
	FILE_SYMLINK,
	FILE_DIRECTORY,
	FILE_SPECIAL, /* a FIFO, socket or device */
};

/* The state of one path; a link in its last part is not followed. */
struct observed_file {
	enum file_kind kind;
	mode_t mode; /* permission bits only */
	uid_t uid;
	gid_t gid;
	/*
	 * owned; the content of a regular file or the target of a link, ended by a NUL; else NULL
	 */
	char *bytes;
	size_t size;
	/* The identity of the file, so that a change is noticed before the file is replaced. */
	uint64_t device, inode;
	uint64_t links;	    /* the number of hard links */
	int64_t changed_ns; /* mtime, nanoseconds since the epoch */
};

static inline void observed_file_clear(struct observed_file *file)
{
	free(file->bytes);
	*file = (struct observed_file){0};
}
