/* The port to the witness: the program in the kernel that records writes of conntrack keys. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "model/witness/witness-ring.h"

/*
 * The port has two bodies, and the linker chooses one: witness-live.c, or
 * tests/harness/witness-file.c, which takes files for the kernel.
 */

/* The BPF file system, where the map and the link are pinned, and what is pinned there. */
#define PATH_BPF     "/sys/fs/bpf"
#define PATH_WITNESS PATH_BPF "/conntrack-persist"

/* Returns whether the link is pinned. Needs no bpf(2), but the right to look into the directory. */
bool witness_is_loaded(void);

/*
 * Loads the program, attaches it to the root control group and pins it, unless it is loaded
 * already. A witness of another version of this program is replaced: the new one is attached before
 * the old one goes, so that a write in between is recorded by one of them at least. After a failure
 * nothing is attached that was not before. log gets what the kernel's verifier said, if it refused
 * the program.
 */
enum witness_obstacle witness_start(struct buffer *log, int *ret_error);

/*
 * Removes the pins of each version, so that the kernel detaches and frees the program. Returns 1 if
 * there was one, 0 if not, or a negative errno.
 */
MUST_CHECK int witness_stop(void);

/*
 * Reads what was recorded. -ENOENT: no witness is loaded; -EPERM, -EACCES: this process may not
 * read it. The caller owns *ret.
 */
MUST_CHECK int witness_read(struct witness_ring *ret);

/*
 * Adds the path of the control group below cgroup2's root, "/system.slice/x.service". Adds the
 * nearest group above it that still exists if it is gone, and sets *ret_gone then. Adds nothing if
 * that is the root, or if it cannot be read.
 */
void witness_find_group(const struct witness_event *event, struct buffer *path, bool *ret_gone);

/* Returns the inode number of this process' network namespace; 0: unknown. */
uint64_t witness_own_namespace(void);

/*
 * Returns the inode number of the network namespace in which the writer is now, if that process
 * still runs, or 0. For a kernel whose records do not have it.
 */
uint64_t witness_find_namespace(const struct witness_event *event);

/* Sets nanoseconds since boot, and microseconds since the epoch at the same moment. */
void witness_clock(uint64_t *ret_boot, uint64_t *ret_epoch);
