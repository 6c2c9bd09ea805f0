/* A unified diff of two short texts. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/buffer.h"

struct diff_side {
	const char *name;  /* "/dev/null" where there is no such file */
	const char *bytes; /* NULL counts as empty */
	size_t size;
};

/*
 * Ours have a few hundred lines; a foreign file of more bytes or lines is not compared line by line, because nobody would read
 * that, and a line costs fifty bytes.
 */
#define DIFF_BYTES_MAX 262144U
#define DIFF_LINES_MAX 10000U

/*
 * Adds the diff with three lines of context, as diff -u prints it; nothing when both are equal. Control characters
 * come out as "?", so that a foreign file cannot steer the terminal. Texts of more than about a thousand
 * lines are shown as one replacement, and a text beyond the bounds above as one line that says so.
 */
void diff_add(struct buffer *b, const struct diff_side *before, const struct diff_side *after);
