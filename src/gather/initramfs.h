/* Finds the images of the early boot, and the command that rebuilds them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "host/files/tree.h"

/* Adds the paths of the first images, which are foreign names. Returns how many there are, 64 at most. */
size_t initramfs_add_images(const struct tree *tree, struct buffer *b);

/*
 * The command that rebuilds all images of the host, without any name in it; NULL: no builder is known here. The tool decides,
 * and where none is found, as in an image that is put together elsewhere, its configuration does.
 */
const char *initramfs_find_command(const struct tree *tree);
