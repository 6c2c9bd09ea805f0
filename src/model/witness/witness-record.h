/* The record that the witness's program writes for each write of a conntrack key. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

/*
 * Slots of each of the two rings. Root's writes have a ring of their own: an unprivileged user can
 * write the keys of a network namespace that belongs to the user, and so overwrites only records of
 * users. A power of two, because the program masks the number of the write.
 */
#define WITNESS_SLOTS 512U
#define WITNESS_RINGS 2U /* root's, then the other users' */

/* The helpers that the program may call; the loader finds out which ones this kernel has. */
enum witness_feature {
	WITNESS_BOOT_TIME = 1 << 0, /* else the monotonic clock, which stops in suspend */
	WITNESS_PID = 1 << 1,
	WITNESS_COMMAND = 1 << 2,
	WITNESS_UID = 1 << 3, /* without it all records are in root's ring */
	WITNESS_GROUP = 1 << 4,
	WITNESS_ANCESTORS = 1 << 5,
	/*
	 * the program may read the kernel's memory, by the ways of kernel-types.h: the namespace,
	 * the group's name, and what the helpers above do not give
	 */
	WITNESS_MEMORY = 1 << 6,
	/* a write gets its number in one step, so that two writers cannot get the same one */
	WITNESS_FETCH = 1 << 7,
};

#define WITNESS_ANCESTORS_MAX 3
#define WITNESS_NAME_SIZE     64
#define WITNESS_VALUE_SIZE    24
/* The name of a container's group may be "cri-containerd-", 64 digits and ".scope". */
#define WITNESS_GROUP_SIZE 96

/*
 * One write. Numbers are in the machine's byte order. What the kernel does not offer is 0, a uid
 * UINT32_MAX. All texts are another's: they may have any bytes, and no NUL at the end.
 */
struct witness_record {
	uint64_t sequence; /* of this ring, from 1 on; 0: the slot was never used */
	uint64_t time;	   /* nanoseconds since boot */
	uint32_t ids[2];   /* thread and process in the byte order of pid_tgid */
	uint32_t users[2]; /* uid and gid in the byte order of uid_gid */
	uint64_t group;	   /* of the control group: its inode number in cgroup2 */
	/* those of the control groups above it, from below the root on; 0: there is none */
	uint64_t ancestors[WITNESS_ANCESTORS_MAX];
	uint64_t namespace; /* of the network: its inode number, as that of /proc/PID/ns/net */
	char group_name[WITNESS_GROUP_SIZE]; /* its last part, "ssh.service" */
	char command[16];
	char name[WITNESS_NAME_SIZE];	 /* "net/netfilter/nf_conntrack_max" */
	char before[WITNESS_VALUE_SIZE]; /* as the file shows it, with a line feed */
	char after[WITNESS_VALUE_SIZE];	 /* as it was written */
	uint64_t sequence_again; /* as the first one, unless two writers wrote the slot at once */
};

/* The first slot of the map has this instead. */
struct witness_head {
	uint64_t writes;       /* of root so far */
	uint64_t users_writes; /* of other users so far */
	uint64_t features;     /* enum witness_feature */
	uint64_t loaded;       /* nanoseconds since boot */
};

/* The slots of the map: the head, root's ring, the other users' ring. */
#define WITNESS_MAP_SLOTS (1U + 2U * WITNESS_SLOTS)
