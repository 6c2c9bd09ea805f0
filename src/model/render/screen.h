/* A screen of labelled rows: broken into lines, coloured, and cut to the size of the terminal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/render/render-table.h"

#define SCREEN_ROWS 28
/* The cells of a label with the blanks behind it. */
#define SCREEN_LABEL 12

enum screen_color {
	SCREEN_PLAIN,
	SCREEN_GREEN,
	SCREEN_YELLOW,
	SCREEN_RED,
};

/* One row. A row without text and graphic is not drawn. */
struct screen_row {
	const char *label;
	/* the highest is left out first if there are too few lines; 0: the row stays */
	unsigned int rank;
	enum screen_color color; /* of the graphic, or of the text if there is no graphic */
	/* a bar before the text; may be UTF-8 with one cell for each character */
	struct buffer graphic;
	size_t graphic_cells;
	/* may be foreign; characters that are not printable ASCII are drawn as "?" */
	struct buffer text;
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

/* Returns how many cells of a line a row's text may fill. */
size_t screen_width(const struct screen *screen);

/* Marks the blanks of the text from this index on, so that no line breaks there. */
void screen_keep_together(struct buffer *text, size_t from);

/* Adds "1 packet" or "2 packets", without a line break inside. */
void screen_add_number(struct buffer *text, uint64_t number, const char *one, const char *many);
/* Adds an amount as buffer_add_amount() does, without a line break inside. */
void screen_add_amount(struct buffer *text, uint64_t bytes);

/*
 * Adds a bar of so many cells between brackets. share is in tenths of a percent; more than 1000
 * counts as 1000.
 */
void screen_add_bar(const struct screen *screen, struct screen_row *row, size_t cells,
		    uint64_t share);
/* Adds a curve with one cell for each share, at one of eight heights; an unknown share is blank. */
void screen_add_heights(const struct screen *screen, struct screen_row *row,
			const struct figure *shares, size_t count);

/*
 * Adds the rows in order. If they need more lines than the style allows, whole rows are left out,
 * and then the last ones are cut.
 */
void screen_draw(struct screen *screen, struct buffer *b);
