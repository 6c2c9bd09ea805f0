/* Turns the rings of the witness's map into a list of writes, oldest first. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "model/witness/witness-record.h"

/* Why no witness can be loaded. */
enum witness_obstacle {
	WITNESS_FINE,
	WITNESS_NO_BPF_FILES,	/* no BPF file system at /sys/fs/bpf */
	WITNESS_NO_CGROUP2,	/* no hierarchy of version 2 */
	WITNESS_IN_CONTAINER,	/* the hierarchy begins below the host's root */
	WITNESS_NO_BPF,		/* no bpf(2) in this kernel */
	WITNESS_NOT_ALLOWED,	/* bpf(2) is refused */
	WITNESS_NO_SYSCTL_TYPE, /* no programs of type cgroup/sysctl */
	WITNESS_NO_LINK,	/* the kernel cannot attach by a link */
	WITNESS_NO_MEMORY,
	/* From here on the errno says more than the obstacle. */
	WITNESS_PROGRAM_REFUSED, /* the verifier does not take the program */
	WITNESS_ATTACH_REFUSED,	 /* by another program in the root control group */
	WITNESS_PIN_FAILED,	 /* the pin could not be made */
};

/*
 * Returns a sentence without a full stop: why the witness cannot be loaded, and what would help; a
 * literal.
 */
const char *witness_obstacle_describe(enum witness_obstacle obstacle);

/* Whether a write was one of this host's own value. */
enum witness_place {
	WITNESS_UNPLACED, /* the network namespace of the writer is not known */
	WITNESS_HERE,	  /* this network namespace, or a value that all namespaces share */
	WITNESS_ELSEWHERE,
};

/* Returns "unknown", "host" or "other". */
const char *witness_place_to_string(enum witness_place place);

/* A write, its texts made harmless: each has printable ASCII alone. */
struct witness_event {
	uint64_t sequence; /* the number of the write in its ring, from 1 on */
	unsigned int ring; /* 0: root's; 1: that of other users */
	uint64_t time;	   /* nanoseconds since boot */
	uint32_t process;  /* 0: unknown */
	uint32_t uid;	   /* UINT32_MAX: unknown */
	uint64_t group;	   /* 0: unknown */
	uint64_t ancestors[WITNESS_ANCESTORS_MAX];
	uint64_t namespace; /* the inode number of the writer's network namespace; 0: unknown */
	enum witness_place place;
	char group_name[WITNESS_GROUP_SIZE + 1]; /* the last part of its path; "": unknown */
	char command[17];			 /* "": unknown */
	char key[WITNESS_NAME_SIZE + 1];	 /* "net.netfilter.nf_conntrack_max" */
	char before[WITNESS_VALUE_SIZE + 1];	 /* without the line feed */
	char after[WITNESS_VALUE_SIZE + 1];
};

struct witness_ring {
	struct witness_event *events; /* owned; oldest first */
	size_t count;
	uint64_t made[WITNESS_RINGS]; /* writes of each ring that were counted */
	uint64_t writes;	      /* all that were counted since the witness was loaded */
	uint64_t lost;		      /* those of which no record is left */
	uint64_t loaded;	      /* nanoseconds since boot */
};
void witness_ring_done(struct witness_ring *ring);

/*
 * Makes a list of the slots of the map: the head, root's ring, the users' ring, each
 * sizeof(struct witness_record) long. slots has WITNESS_MAP_SLOTS of them. The bytes are hostile.
 * Release with witness_ring_done(). Returns -ENOMEM.
 */
MUST_CHECK int witness_ring_parse(const struct witness_record *slots, struct witness_ring *ret);

/*
 * Sets the place of an event. own: the inode number of this network namespace. Whoever writes max
 * or another value that all namespaces share writes this host's.
 */
void witness_set_place(struct witness_event *event, uint64_t own);

/*
 * Returns the last write of a key, by either name of max, of which the live value can be the
 * result, or NULL. key: "net.netfilter.nf_conntrack_max"; number: the live value. Writes elsewhere
 * are left out. If the place of the write is WITNESS_UNPLACED, the live value may have another
 * writer. If a later write is of another number, the kernel refused that one.
 */
const struct witness_event *witness_find_writer(const struct witness_ring *ring, const char *key,
						uint64_t number);

/* Returns whether the event is about this key, by either name of max. */
bool witness_is_about(const struct witness_event *event, const char *key);

/* Sets the number that was written. Returns false if it is none, which the kernel refuses. */
bool witness_find_number(const struct witness_event *event, uint64_t *ret);
