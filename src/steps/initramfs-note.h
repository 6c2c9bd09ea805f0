/* Notes that images of the early boot may hold older copies of our files. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

/*
 * Prints a note if the comparison changes a file that builders of images copy and /boot has an image. Images are not opened:
 * what is in them was made by others. planned: nothing is installed yet. Not with --quiet, and not for the timer.
 */
void note_initramfs(struct context *context, const struct comparison *comparison, bool planned);
