/* The terminal: its size, its screen while it is drawn on, its keys. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/cleanup.h"

/* Texts are broken for no fewer columns: a narrower terminal breaks their lines by itself. */
#define COLUMNS_LEAST 40

/* Whether standard output is a terminal that takes control sequences. */
bool terminal_is_there(void);

/*
 * Of the terminal at standard output; where it does not tell or there is none: what COLUMNS and LINES say, else 80
 * columns, and 24 lines of a terminal. *ret_lines 0: there is no end of them.
 */
void terminal_size(unsigned int *ret_columns, unsigned int *ret_lines);

/*
 * Returns the width of the terminal at the descriptor; if the terminal does not tell it, the number in COLUMNS, else 80. At
 * least COLUMNS_LEAST. 0: there is no terminal, so that nothing should be broken into lines.
 */
unsigned int terminal_columns(int fd);

/* Whether the user's locale speaks UTF-8. The process's own locale stays "C". */
bool terminal_speaks_utf8(void);

/* Standard output taken over to draw on; start with {0}. */
struct terminal {
	bool keys; /* come; for whoever waits for them */
	bool drawing, raw;
	struct termios before;
};

/*
 * The screen is another one without a cursor, which does not scroll, and keys come as they are pressed, where standard
 * input is a terminal too. Must end in terminal_stop(). -EIO: standard output does not take it.
 */
MUST_CHECK int terminal_start(struct terminal *terminal);
/* Everything as it was. */
void terminal_stop(struct terminal *terminal);

/* Draws the lines from the top and clears the rest, in one write. -EIO, -ENOMEM. */
MUST_CHECK int terminal_draw(const char *text);

/* What was pressed, at most size bytes; waits where nothing was. 0: nothing more will come. */
size_t terminal_read_keys(struct terminal *terminal, char *ret, size_t size);
