/* Makes a unified diff of two short texts. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/buffer.h"

struct diff_side {
	const char *name;  /* "/dev/null" if there is no such file */
	const char *bytes; /* NULL counts as empty */
	size_t size;
};

/*
 * The largest text that is compared line by line. Our files have a few hundred lines. Nobody would
 * read the diff of a larger foreign file, and each line takes fifty bytes of memory.
 */
#define DIFF_BYTES_MAX 262144U
#define DIFF_LINES_MAX 10000U

/*
 * Adds the diff with three lines of context, as diff -u prints it; adds nothing if the texts are
 * equal. Control characters become "?", so that a foreign file cannot control the terminal. Texts
 * of more than about a thousand lines are shown as one replacement, and a text beyond the bounds
 * above as one line that says so.
 */
void diff_add(struct buffer *b, const struct diff_side *before, const struct diff_side *after);
