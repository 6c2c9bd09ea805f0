/* Reads and writes files of /proc and /sys, for both bodies of the kernel port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "model/runtime/module-state.h"

/* As kernel_read(). The path is the real one. */
MUST_CHECK int kernel_file_read(const char *path, char *buffer, size_t size);

/* As kernel_write(). The path is the real one. */
MUST_CHECK int kernel_file_write(const char *path, const char *text);

/*
 * Gives the state of nf_conntrack by its files below root, the directory that stands for /.
 * -ENODATA: the module's directory exists and has no state, because the module is built in, or
 * has just begun to load.
 */
MUST_CHECK int kernel_file_module_state(const char *root, enum module_state *ret);

/* Does the same as kernel_read_all(). The path is the real one. */
MUST_CHECK int kernel_file_read_all(const char *path, char **ret);

/* As kernel_read_lines(). The path is the real one. */
MUST_CHECK int kernel_file_read_lines(const char *path, size_t most,
				      int (*read)(void *data, const char *line), void *data);

/* As kernel_list_commands(). root is the directory that stands for /. */
void kernel_file_list_commands(const char *root, struct buffer *b);

/*
 * Returns whether the process of this number is one of the host's own daemons; see
 * kernel_list_commands().
 */
bool kernel_file_is_daemon(const char *root, const char *process);

/* As kernel_is_writable(). The path is the real one. */
bool kernel_file_is_writable(const char *path);

/*
 * As kernel_check_processes(), but containers are not recognised. root is the directory that
 * stands for /.
 */
MUST_CHECK int kernel_file_check_processes(const char *root);

/*
 * Returns 1 if a module is loaded or built in, so that a request for its function loads nothing,
 * else 0. A module that is built in may have no directory in /sys/module; a kernel without module
 * support loads nothing. -ENODATA: the list of built-in modules is missing, as in containers.
 */
MUST_CHECK int kernel_file_has_module(const char *name);
