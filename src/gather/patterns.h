/* Expands a shell's pattern to paths, in the files of a host or image. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/reading.h"

/* The most names that the patterns of one run are compared with. */
#define PATTERN_NAMES_MAX 100000U

/*
 * Calls visit for each path that an absolute pattern stands for, as glob(3) finds them, and for one
 * without wildcards in any case. *names counts what was compared over all patterns of a run;
 * passing the bound is reported, and ends the reading. Ends with the first error of visit; -ENOMEM.
 */
MUST_CHECK int expand_pattern(struct reading *reading, size_t *names, const char *pattern,
			      int (*visit)(void *data, const char *path), void *data);
