/* Which mount a file lies on. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#include "base/cleanup.h"

/*
 * A number of the mount that a name in an open directory lies on, to compare with others of this
 * process; a link is not followed. A bind mount has another number than the directory it lies in,
 * though the device is the same: asked of statx(2) from Linux 5.8 on, of /proc before. Without
 * /proc there, the number is the device's, and bind mounts of the same device are not noticed.
 * Negative errno as of openat(2).
 */
MUST_CHECK int mount_find(int directory, const char *name, uint64_t *ret);
