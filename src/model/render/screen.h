/* A screen of labelled rows: broken into lines, coloured, cut to what a terminal has. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/render/render-table.h"

#define SCREEN_ROWS 20
/* Cells that the labels take, with what is between them and the texts. */
#define SCREEN_LABEL 12

enum screen_color {
	SCREEN_PLAIN,
	SCREEN_GREEN,
	SCREEN_YELLOW,
	SCREEN_RED,
};

/* A row without text and graphic is not drawn. */
struct screen_row {
	const char *label;
	unsigned int rank;	 /* the highest goes first where lines are few; 0: it stays */
	enum screen_color color; /* of the graphic, or of the text where there is none */
	struct buffer graphic;	 /* a bar before the text; may be UTF-8, a cell each character */
	size_t graphic_cells;
	struct buffer text; /* of others too: what is not printable ASCII is drawn as "?" */
	struct buffer drawn;
	size_t lines;
};

struct screen {
	const struct screen_style *style;
	struct screen_row rows[SCREEN_ROWS];
	size_t count;
};
void screen_done(struct screen *screen);

struct screen_row *screen_add(struct screen *screen, const char *label, unsigned int rank);

/* How many cells a row's text may have in one line. */
size_t screen_width(const struct screen *screen);

/* The blanks of the text from there on are not where a line is broken. */
void screen_keep_together(struct buffer *text, size_t from);

/* "1 packet", "2 packets"; never broken. */
void screen_add_number(struct buffer *text, uint64_t number, const char *one, const char *many);
/* As buffer_add_amount(); never broken. */
void screen_add_amount(struct buffer *text, uint64_t bytes);

/* A bar of so many cells between brackets; share in tenths of a percent, over 1000 for 1000. */
void screen_add_bar(const struct screen *screen, struct screen_row *row, size_t cells,
		    uint64_t share);
/* The same, each cell at one of eight heights; unknown: blank. */
void screen_add_heights(const struct screen *screen, struct screen_row *row,
			const struct figure *shares, size_t count);

/*
 * The rows in their order. Where they take more lines than the style allows, whole rows are left out, then the rows
 * above the last are cut.
 */
void screen_draw(struct screen *screen, struct buffer *b);
