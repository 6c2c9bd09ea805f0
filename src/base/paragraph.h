/* Breaks a text into lines of a bounded width, for a terminal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"

struct paragraph {
	size_t width;  /* cells of a line; 0: the whole text becomes one line */
	size_t indent; /* blanks at the start of each line but the first; less than width */
	size_t used;   /* cells that the first line has in use already */
};

/*
 * Adds the text in lines, without a line feed at the end. Lines break only at blanks, so that a
 * path or "FILE:LINE:" can be copied and clicked; a word that is longer than a line exceeds the
 * width. Some blanks never become a line break if a line has room for the words around them: blanks
 * between double quotes, between "conntrack-persist" and its verb, between a word and the option
 * after it, in "NAME = VALUE", and in "PATH:LINE:" at the start of the text. Each character counts
 * as one cell.
 */
void paragraph_add(struct buffer *b, const char *text, const struct paragraph *shape);
