/* The calls of bpf(2) that the witness needs, without a library; old kernel headers are enough. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <linux/bpf.h>

#include "base/cleanup.h"

/* Room for what the verifier says about a program that it refuses. */
#define BPF_LOG_SIZE 16384U

/*
 * All return a negative errno of the kernel; -ENOSYS if it has no such system call. A descriptor is
 * the caller's and is closed on exec.
 */

/* Makes a map whose keys are the numbers 0 to slots - 1. Returns its descriptor. */
MUST_CHECK int bpf_create_array(const char *name, size_t value_size, unsigned int slots);
MUST_CHECK int bpf_read_slot(int map, uint32_t slot, void *ret);
MUST_CHECK int bpf_write_slot(int map, uint32_t slot, const void *value);

/*
 * Loads a program of type cgroup/sysctl. log gets what the verifier said about a program that it
 * refused, or "". Returns the program's descriptor.
 */
MUST_CHECK int bpf_load_sysctl(const char *name, const struct bpf_insn *instructions, size_t count,
			       char log[BPF_LOG_SIZE]);

/*
 * Attaches a program of type cgroup/sysctl to a control group beside others (Linux 5.7 and later).
 * Returns the descriptor of the link. The program runs until no descriptor and no pin refers to it.
 */
MUST_CHECK int bpf_attach_sysctl(int program, int group);

/* Gives an object a name in the BPF file system. The file belongs to root alone. */
MUST_CHECK int bpf_pin(int object, const char *path);
/* Returns a descriptor of a map that was pinned, for reading. */
MUST_CHECK int bpf_open_pinned(const char *path);
