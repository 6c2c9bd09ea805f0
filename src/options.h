/* Reads the command line. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "steps/options.h"

/*
 * Parses the command line; the texts in *ret point into argv, whose order changes. -EINVAL:
 * `complaint` says what is wrong and quotes argv unfiltered.
 */
MUST_CHECK int options_parse(int argc, char **argv, struct options *ret, struct buffer *complaint);
