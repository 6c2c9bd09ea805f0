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
 * Adds the diff with three lines of context, as diff -u prints it; nothing when both are equal. Control characters
 * come out as "?", so that a foreign file cannot steer the terminal. Texts of very many lines are shown as one
 * replacement.
 */
void diff_add(struct buffer *b, const struct diff_side *before, const struct diff_side *after);
