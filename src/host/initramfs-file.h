/* Reads an image of the early boot: cpio archives one behind the other, the last of them compressed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"
#include "model/initramfs.h"

/*
 * Meets every file of the image that is open as fd. -ELIBACC: libarchive is not there, or was left out of the build;
 * -ELIBBAD: it cannot do what is needed; -EBADMSG: not such an image, or of a compression that it does not know; -EIO,
 * -ENOMEM.
 */
MUST_CHECK int initramfs_file_read(int fd, struct initramfs *image);
