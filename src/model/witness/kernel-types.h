/* Finds in the kernel's own type information (BTF) where it keeps what a process is. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* The most bytes of BTF that are read. Linux 6.18 has 5.5 MB of it. */
#define KERNEL_TYPES_SIZE_MAX (64U << 20)

#define KERNEL_STEPS_MAX 5

/*
 * A way through the kernel's memory that begins at a process: distances in bytes. At each but the
 * last one is a pointer to follow; at the last one is what is looked for. count 0: the way is
 * unknown.
 */
struct kernel_path {
	uint32_t steps[KERNEL_STEPS_MAX];
	size_t count;
};

/* The ways that the witness goes. */
struct kernel_paths {
	uint32_t pointer_size;	      /* 4 or 8; 0: nothing is known */
	struct kernel_path namespace; /* 4 bytes: the inode number of /proc/PID/ns/net */
	struct kernel_path group;     /* a text: the name of its control group of version 2 */
	struct kernel_path process;   /* 4 bytes: its number */
	struct kernel_path command;   /* 16 bytes */
};

/*
 * Reads BTF, the bytes of /sys/kernel/btf/vmlinux, in the byte order of this machine. Returns
 * -EBADMSG if it is none or ends in the middle of a type, and -ENOENT if no way is known, as in a
 * kernel whose members are shuffled. The bytes are hostile: a distance is 32,767 at most.
 */
MUST_CHECK int kernel_types_find_paths(const void *bytes, size_t size, struct kernel_paths *ret);
