/* Files of /proc and /sys, the same for each body of the kernel port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "model/runtime/module-state.h"

/* As kernel_read(), with a real path. */
MUST_CHECK int kernel_file_read(const char *path, char *buffer, size_t size);

/* As kernel_write(), with a real path. */
MUST_CHECK int kernel_file_write(const char *path, const char *text);

/*
 * What the files of nf_conntrack tell of its state, below the directory that is /. -ENODATA: its directory is there
 * and tells none, which is so when it is built in, and for a moment while it is loading.
 */
MUST_CHECK int kernel_file_module_state(const char *root, enum module_state *ret);

/* As kernel_read_all(), with a real path. */
MUST_CHECK int kernel_file_read_all(const char *path, char **ret);

/* As kernel_list_commands(), below the directory that is /. */
void kernel_file_list_commands(const char *root, struct buffer *b);

/* As kernel_is_writable(), with a real path. */
bool kernel_file_is_writable(const char *path);

/* As kernel_check_processes(), but for containers, below the directory that is /. */
MUST_CHECK int kernel_file_check_processes(const char *root);

/*
 * Whether a module is there, so that asking for what it does loads nothing: 1 or 0. Built in it may have no directory in
 * /sys/module; a kernel without modules cannot load any. -ENODATA: the list of what is built in is missing, as in
 * containers.
 */
MUST_CHECK int kernel_file_has_module(const char *name);
