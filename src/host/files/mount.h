/* Finds the mount that a file lies on. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#include "base/cleanup.h"

/*
 * Gives a number of the mount that a name in an open directory lies on, for comparison with others
 * of this process. A link is not followed. A bind mount has another number than the directory that
 * contains it, although the device is the same. The number comes from statx(2) from Linux 5.8 on,
 * and from /proc before. Without /proc the number is the device's, so that bind mounts of the same
 * device are not noticed. Negative errno as of openat(2).
 */
MUST_CHECK int mount_find(int directory, const char *name, uint64_t *ret);
