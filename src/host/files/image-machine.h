/* For which machine type the programs of an image are. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "host/files/tree.h"

/*
 * Returns whether the image's systemd, or else its shell, is a program of x86-64: such an image
 * boots with pages of 4 KiB and a 64-bit kernel alone. false: it is one of another type, or there
 * is none; the kernel can be any.
 */
bool image_is_x86_64(const struct tree *image);
