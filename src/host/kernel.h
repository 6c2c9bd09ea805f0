/* The port to the running kernel: its figures, and where its files lie. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/*
 * Two bodies, chosen by the linker: kernel-live.c for the shipped program, tests/harness/kernel-tree.c for its twin,
 * where a folder stands for the kernel.
 */
struct kernel;

MUST_CHECK int kernel_open(struct kernel **ret);
struct kernel *kernel_close(struct kernel *kernel);
static inline void kernel_closep(struct kernel **kernel)
{
	*kernel = kernel_close(*kernel);
}

/* The directory that is "/" for the host's files: "/", or the twin's folder. */
const char *kernel_files_root(const struct kernel *kernel);

/* Whether this process may change the host: the effective user is root. */
bool kernel_may_change(const struct kernel *kernel);

/* Whether the host's files belong to root: not in the twin's folder. */
bool kernel_owns_files(const struct kernel *kernel);

/* As uname(2) has it, "6.1.0-13-amd64". Owned by the kernel object. */
const char *kernel_release(const struct kernel *kernel);

/* Bytes. */
unsigned long kernel_page_size(const struct kernel *kernel);

/*
 * Reads a small file of /proc or /sys, without its final newline, NUL-terminated; longer ones are cut to the buffer.
 * -ENOENT, -EACCES, -EIO ... as open(2) and read(2).
 */
MUST_CHECK int kernel_read(const struct kernel *kernel, const char *path, char *buffer,
			   size_t size);

/* Whether a file of /proc or /sys is there. */
bool kernel_has(const struct kernel *kernel, const char *path);
