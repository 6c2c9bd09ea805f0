/* What was found on the host: files as they lie there, and the figures that sizes follow from. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
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
	int64_t changed_ns; /* mtime, nanoseconds since the epoch */
};

void observed_file_clear(struct observed_file *file);

/*
 * What the sizes follow from. Below --root nothing of a running host is read: `image` is set, ram and release are
 * unknown, and so are page and word size unless the image's programs run on one kind of machine alone.
 */
struct facts {
	bool image;
	uint64_t ram;		 /* bytes; 0: unknown */
	uint64_t available;	 /* bytes of it that could be had now; 0: unknown */
	unsigned int release[2]; /* 6 and 1 for 6.1.0-13-amd64; 0 and 0: unknown */
	unsigned long page_size; /* bytes; 0: unknown */
	unsigned int word_size;	 /* bytes of a pointer in the kernel, 4 or 8; 0 counts as 8 */
};

/* How nf_conntrack is in the running kernel. */
enum module_state {
	MODULE_ABSENT,
	MODULE_COMING, /* loading: parameters exist, keys perhaps not yet */
	MODULE_LIVE,
	MODULE_GOING, /* unloading */
	MODULE_BUILT_IN,
};

/* "not loaded", "loading", "loaded" ...: to stand after "nf_conntrack is". */
const char *module_state_words(enum module_state state);

/* Whether values can be read and written: it is there and not on its way. */
bool module_is_there(enum module_state state);
