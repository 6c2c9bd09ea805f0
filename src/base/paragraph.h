/* A text in lines of a bounded width, as a terminal shows it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"

struct paragraph {
	size_t width;  /* cells of a line; 0: the whole text is one line */
	size_t indent; /* blanks that each line but the first begins with; less than width */
	size_t used;   /* cells that the first line has already */
};

/*
 * Adds the text in lines, with no line feed at the end. The text is broken at blanks alone, so that a path or "FILE:LINE:"
 * can be copied and clicked; a longer word than a line passes the width. These are not broken at their blanks either, if a
 * line has room for them: what stands between double quotes, "conntrack-persist" and its verb, an option and the word
 * before it, "NAME = VALUE", and "PATH:LINE:" at the start of the text. Each character counts as one cell.
 */
void paragraph_add(struct buffer *b, const char *text, const struct paragraph *shape);
