/* Reads the command line. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "steps/options.h"

/* The texts point into argv, whose order changes. 0, or -EINVAL: `complaint` says what is wrong, in the words of argv. */
MUST_CHECK int options_parse(int argc, char **argv, struct options *ret, struct buffer *complaint);
