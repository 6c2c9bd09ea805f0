/* Finds in the kernel's own type information (BTF) where it keeps a process' network namespace. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* The most bytes of BTF that are read. Linux 6.18 has 5.5 MB of it. */
#define KERNEL_TYPES_SIZE_MAX (64U << 20)

/* The way from a process to the number of its network namespace: distances in bytes. */
struct namespace_path {
	uint32_t pointer_size; /* 4 or 8; 0: the way is unknown */
	uint32_t proxy;	       /* task_struct.nsproxy, a pointer */
	uint32_t net;	       /* nsproxy.net_ns, a pointer */
	uint32_t number;       /* net.ns.inum, the inode number of /proc/PID/ns/net */
};

/*
 * Reads BTF, the bytes of /sys/kernel/btf/vmlinux, in the byte order of this machine. Returns
 * -EBADMSG if it is none or ends in the middle of a type, and -ENOENT if a member is missing, as in
 * a kernel whose members are shuffled. The bytes are hostile.
 */
MUST_CHECK int kernel_types_find_namespace(const void *bytes, size_t size,
					   struct namespace_path *ret);
