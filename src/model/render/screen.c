/* A screen of labelled rows: broken into lines, coloured, and cut to the size of the terminal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/render/screen.h"

#include <errno.h>
#include <inttypes.h>

#include "base/text.h"

/*
 * The character for a blank at which no line may break. No text has it, because it is not
 * printable.
 */
#define KEPT_BLANK '\001'

#define COLUMNS_LEAST 40

void screen_done(struct screen *screen)
{
	for (size_t i = 0; i < screen->count; i++) {
		buffer_clear(&screen->rows[i].graphic);
		buffer_clear(&screen->rows[i].text);
		buffer_clear(&screen->rows[i].drawn);
	}
	screen->count = 0;
}

struct screen_row *screen_add(struct screen *screen, const char *label, unsigned int rank)
{
	struct screen_row *row = &screen->rows[screen->count];

	if (screen->count + 1 < SCREEN_ROWS)
		screen->count++;
	row->label = label;
	row->rank = rank;
	return row;
}

size_t screen_width(const struct screen *screen)
{
	unsigned int columns = screen->style->columns;

	return (columns < COLUMNS_LEAST ? COLUMNS_LEAST : columns) - SCREEN_LABEL;
}

/*
 * Texts
 */
void screen_keep_together(struct buffer *text, size_t from)
{
	for (size_t i = from; i < text->length; i++)
		if (text->data[i] == ' ')
			text->data[i] = KEPT_BLANK;
}

void screen_add_number(struct buffer *text, uint64_t number, const char *one, const char *many)
{
	size_t from = text->length;

	buffer_add_counted(text, "", number, " ");
	buffer_add(text, number == 1 ? one : many);
	screen_keep_together(text, from);
}

void screen_add_amount(struct buffer *text, uint64_t bytes)
{
	size_t from = text->length;

	buffer_add_amount(text, bytes);
	screen_keep_together(text, from);
}

/*
 * Graphics
 */

/* Adds a character from U+2580 to U+259F. */
static void add_block(struct screen_row *row, unsigned int block)
{
	const char bytes[] = {'\xe2', '\x96', (char)(0x80 + block)};

	buffer_add_bytes(&row->graphic, bytes, sizeof(bytes));
}

void screen_add_bar(const struct screen *screen, struct screen_row *row, size_t cells,
		    uint64_t share)
{
	size_t steps = screen->style->utf8 ? 8 : 1;
	size_t filled = share >= 1000 ? cells * steps : (size_t)share * cells * steps / 1000;

	/* A small share is drawn as one cell and not as nothing. */
	if (filled == 0 && share > 0)
		filled = 1;
	buffer_add(&row->graphic, "[");
	for (size_t i = 0; i < cells; i++) {
		size_t part = filled > i * steps ? filled - i * steps : 0;

		if (part > 0 && screen->style->utf8)
			add_block(row, (unsigned int)(0x10 - (part < 8 ? part : 8)));
		else
			buffer_add(&row->graphic, part > 0 ? "#" : screen->style->utf8 ? " " : "-");
	}
	buffer_add(&row->graphic, "]");
	row->graphic_cells = cells + 2;
}

void screen_add_heights(const struct screen *screen, struct screen_row *row,
			const struct figure *shares, size_t count)
{
	static const char heights[] = " .:-=+*#";

	buffer_add(&row->graphic, "[");
	for (size_t i = 0; i < count; i++) {
		uint64_t share = shares[i].value;
		unsigned int height = share >= 1000 ? 7 : (unsigned int)(share * 8 / 1000);

		if (!shares[i].known)
			buffer_add(&row->graphic, " ");
		else if (screen->style->utf8)
			add_block(row, 1 + height);
		else
			buffer_add_bytes(&row->graphic, heights + height, 1);
	}
	buffer_add(&row->graphic, "]");
	row->graphic_cells = count + 2;
}

/*
 * Lines
 */
static void add_color(const struct screen *screen, struct buffer *b, enum screen_color color)
{
	static const char *const sequences[] = {
		[SCREEN_PLAIN] = "\033[0m",
		[SCREEN_GREEN] = "\033[32m",
		[SCREEN_YELLOW] = "\033[33m",
		[SCREEN_RED] = "\033[31m",
	};

	if (screen->style->color)
		buffer_add(b, sequences[color]);
}

/* Returns how much of the text fits a line of so many cells, up to a blank if there is one. */
static size_t find_break(const char *text, size_t length, size_t width)
{
	if (length <= width)
		return length;
	for (size_t i = width; i > 0; i--)
		if (text[i] == ' ')
			return i;
	for (size_t i = width; i > 0; i--)
		if (text[i] == KEPT_BLANK)
			return i;
	return width;
}

/*
 * Adds the text with "?" for control characters, because the names of processes and namespaces are
 * foreign and must not control the terminal.
 */
static void add_printable(struct buffer *b, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if (c == KEPT_BLANK)
			c = ' ';
		else if (c < ' ' || c > '~')
			c = '?';
		buffer_add_bytes(b, &c, 1);
	}
}

static void start_line(struct screen_row *row)
{
	if (row->lines > 0)
		buffer_add(&row->drawn, "\n");
	buffer_printf(&row->drawn, "%-*s", SCREEN_LABEL, row->lines == 0 ? row->label : "");
	row->lines++;
}

static void draw_graphic(const struct screen *screen, struct screen_row *row)
{
	start_line(row);
	if (row->color != SCREEN_PLAIN)
		add_color(screen, &row->drawn, row->color);
	buffer_add_bytes(&row->drawn, row->graphic.data, row->graphic.length);
	if (row->color != SCREEN_PLAIN)
		add_color(screen, &row->drawn, SCREEN_PLAIN);
}

static void draw_row(const struct screen *screen, struct screen_row *row)
{
	enum screen_color color = row->graphic.length > 0 ? SCREEN_PLAIN : row->color;
	size_t width = screen_width(screen), at = 0;
	bool beside = row->graphic_cells + 1 + row->text.length <= width;

	if (row->graphic.length > 0)
		draw_graphic(screen, row);
	while (at < row->text.length) {
		const char *text = row->text.data + at;
		size_t length = find_break(text, row->text.length - at, width);

		if (row->lines == 1 && row->graphic.length > 0 && beside)
			buffer_add(&row->drawn, " ");
		else
			start_line(row);
		if (color != SCREEN_PLAIN)
			add_color(screen, &row->drawn, color);
		add_printable(&row->drawn, text, length);
		if (color != SCREEN_PLAIN)
			add_color(screen, &row->drawn, SCREEN_PLAIN);
		at += length;
		while (at < row->text.length &&
		       (row->text.data[at] == ' ' || row->text.data[at] == KEPT_BLANK))
			at++;
	}
	if (row->lines > 0)
		buffer_add(&row->drawn, "\n");
}

static size_t count_lines(const struct screen *screen)
{
	size_t lines = 0;

	for (size_t i = 0; i < screen->count; i++)
		lines += screen->rows[i].lines;
	return lines;
}

/* Removes the least important row. Returns false if all rows must stay. */
static bool drop_row(struct screen *screen)
{
	struct screen_row *least = NULL;

	for (size_t i = 0; i < screen->count; i++) {
		struct screen_row *row = &screen->rows[i];

		if (row->lines > 0 && row->rank > 0 && (!least || row->rank > least->rank))
			least = row;
	}
	if (!least)
		return false;
	least->lines = 0;
	return true;
}

/* Adds the first lines of a row. */
static void add_lines(struct buffer *b, const struct screen_row *row, size_t lines)
{
	struct text_line line = {.next = row->drawn.data};

	for (size_t i = 0; i < row->lines && i < lines && text_next_line(&line); i++)
		buffer_add_bytes(b, line.text, line.length + 1);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

void screen_draw(struct screen *screen, struct buffer *b)
{
	size_t limit = screen->style->lines ? screen->style->lines : SIZE_MAX;

	for (size_t i = 0; i < screen->count; i++) {
		draw_row(screen, &screen->rows[i]);
		if (screen->rows[i].drawn.error < 0 || screen->rows[i].text.error < 0 ||
		    screen->rows[i].graphic.error < 0)
			b->error = screen->rows[i].drawn.error = -ENOMEM;
	}
	if (screen->count == 0 || b->error < 0)
		return;
	while (count_lines(screen) > limit && drop_row(screen))
		;
	for (size_t i = 0; i < screen->count; i++) {
		add_lines(b, &screen->rows[i], limit);
		limit -= smaller(screen->rows[i].lines, limit);
	}
}
