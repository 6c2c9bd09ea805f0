/* Notes that images of the early boot may hold older copies of our files. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

/*
 * Prints a note if the comparison changes a file that tools copy into images and /boot has an
 * image. Images are not opened. planned: nothing is installed yet. Prints nothing with --quiet or
 * when the timer runs check.
 */
void note_initramfs(struct context *context, const struct comparison *comparison, bool planned);
