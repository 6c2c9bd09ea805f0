/* Finds the images of the early boot, and the command that rebuilds them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "host/files/tree.h"

/*
 * Adds the paths of the first images, which are foreign names. Returns how many images there are,
 * at most 64.
 */
size_t initramfs_add_images(const struct tree *tree, struct buffer *b);

/*
 * Returns the command that rebuilds all images of the host, a literal; NULL: no known tool builds
 * them. The installed tool decides or, if there is none (as in an image that is built elsewhere),
 * its configuration.
 */
const char *initramfs_find_command(const struct tree *tree);
