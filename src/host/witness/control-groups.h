/* Finds the directory of a control group by the number that the kernel knows it by. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

/*
 * Bounds of one search: directories that are opened, and levels below the root. A node of
 * Kubernetes with 110 pods has about 500 groups, 6 levels deep.
 */
#define GROUP_DIRECTORIES_MAX 16384U
#define GROUP_LEVELS_MAX      16U

/*
 * Adds the path of the directory with this inode number, "/a/b", which lies at most `levels` levels
 * below root. Returns whether there is one; adds nothing if not, or if a bound was passed.
 */
bool control_group_find(const char *root, uint64_t inode, unsigned int levels, struct buffer *path);
