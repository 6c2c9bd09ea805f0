/* Finds out the machine type that the programs of an image are built for. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "host/files/tree.h"

/*
 * Returns whether the image's systemd, or its shell if there is no systemd, is a program of x86-64:
 * such an image boots only with pages of 4 KiB and a 64-bit kernel. If the program is of another
 * type or missing, returns false, because the kernel can be any.
 */
bool image_is_x86_64(const struct tree *image);
