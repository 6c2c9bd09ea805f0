/* The terminal: its size, drawing on its screen, reading its keys. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/cleanup.h"

/*
 * Texts are wrapped to this width at least, because a narrower terminal breaks their lines by
 * itself.
 */
#define COLUMNS_LEAST 40

/* Returns whether standard output is a terminal that takes control sequences. */
bool terminal_is_there(void);

/*
 * Gives the size of the terminal at standard output. If the terminal does not tell it, or there
 * is none: the numbers in COLUMNS and LINES, else 80 columns, and for a terminal 24 lines.
 * *ret_lines is 0 if the number of lines is not limited.
 */
void terminal_size(unsigned int *ret_columns, unsigned int *ret_lines);

/*
 * Returns the width of the terminal at the descriptor; if the terminal does not tell it, the number
 * in COLUMNS, else 80. At least COLUMNS_LEAST. 0: there is no terminal, so that nothing should be
 * broken into lines.
 */
unsigned int terminal_columns(int fd);

/* Returns whether the user's locale uses UTF-8. The locale of this process stays "C". */
bool terminal_speaks_utf8(void);

/* A terminal that is drawn on. Start with {0}. */
struct terminal {
	bool keys; /* standard input is a terminal, whose keys can be read */
	bool drawing, raw;
	struct termios before;
};

/*
 * Switches to the alternate screen, without a cursor and without scrolling, unless that was done
 * before. If standard input is a terminal as well, each key can be read as it is pressed. The
 * caller must call terminal_stop(). -EIO: standard output cannot be written to.
 */
MUST_CHECK int terminal_start(struct terminal *terminal);
/* Restores the screen, the cursor and the keys. */
void terminal_stop(struct terminal *terminal);

/* Draws the lines from the top and clears the rest, in one write. -EIO, -ENOMEM. */
MUST_CHECK int terminal_draw(const char *text);

/* Waits for a key, and returns it as a lower-case letter; 0: no more keys will come. */
char terminal_read_key(struct terminal *terminal);
