/* Makes a unified diff of two short texts. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/installed/diff.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define CONTEXT 3UL

/*
 * The table of common lines may have this many cells (4 MiB); beyond that it is not worth its
 * memory.
 */
#define CELLS_MAX (1U << 20)

struct diff_line {
	const char *text;
	size_t length; /* without the newline */
	bool ended;    /* whether a newline ends the line */
};

struct lines {
	struct diff_line *items;
	size_t count;
};

/*
 * One line of the result: ' ' in both texts, '-' only before, '+' only after. before and after
 * count the lines up to it.
 */
struct step {
	char sign;
	const struct diff_line *line;
	size_t before, after;
};

struct script {
	struct step *steps;
	size_t count;
};

static int split_lines(const struct diff_side *side, struct lines *ret)
{
	const char *at = side->bytes, *end = at + side->size;
	size_t count = 0;
	struct diff_line *items;

	for (size_t i = 0; i < side->size; i++)
		count += side->bytes[i] == '\n';
	items = calloc(count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	for (count = 0; at < end; count++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		items[count].text = at;
		items[count].length = (size_t)((newline ? newline : end) - at);
		items[count].ended = newline != NULL;
		at = newline ? newline + 1 : end;
	}
	*ret = (struct lines){items, count};
	return 0;
}

static bool same_line(const struct diff_line *a, const struct diff_line *b)
{
	return a->length == b->length && a->ended == b->ended &&
	       memcmp(a->text, b->text, a->length) == 0;
}

static void add_step(struct script *script, char sign, const struct diff_line *line, size_t before,
		     size_t after)
{
	script->steps[script->count++] = (struct step){sign, line, before, after};
}

/*
 * Returns a table in which table[i][j] is the most lines that the rests from i and j can have in
 * common, or NULL.
 */
static uint32_t *common_table(const struct lines *before, const struct lines *after)
{
	size_t width = after->count + 1;
	uint32_t *table;

	if ((before->count + 1) > CELLS_MAX / width)
		return NULL;
	table = calloc((before->count + 1) * width, sizeof(*table));
	for (size_t i = before->count; table && i-- > 0;)
		for (size_t j = after->count; j-- > 0;) {
			uint32_t down = table[(i + 1) * width + j],
				 right = table[i * width + j + 1];

			if (same_line(&before->items[i], &after->items[j]))
				table[i * width + j] = table[(i + 1) * width + j + 1] + 1;
			else
				table[i * width + j] = down > right ? down : right;
		}
	return table;
}

/* Finds the steps from one text to the other. Without a table all lines count as changed. */
static void find_script(const struct lines *before, const struct lines *after,
			struct script *script)
{
	uint32_t *CLEANUP(free_pointer) table = common_table(before, after);
	size_t width = after->count + 1, i = 0, j = 0;

	while (i < before->count || j < after->count) {
		if (table && i < before->count && j < after->count &&
		    same_line(&before->items[i], &after->items[j])) {
			add_step(script, ' ', &before->items[i], i, j);
			i++;
			j++;
		} else if (i < before->count &&
			   (j == after->count || !table ||
			    table[(i + 1) * width + j] >= table[i * width + j + 1])) {
			add_step(script, '-', &before->items[i], i, j);
			i++;
		} else {
			add_step(script, '+', &after->items[j], i, j);
			j++;
		}
	}
}

static void print_line(struct buffer *b, const struct step *step)
{
	buffer_add_bytes(b, &step->sign, 1);
	buffer_add_shown(b, step->line->text, step->line->length);
	buffer_add(b, "\n");
	if (!step->line->ended)
		buffer_add(b, "\\ No newline at end of file\n");
}

static void print_name(struct buffer *b, const char *mark, const char *name)
{
	buffer_add(b, mark);
	buffer_add_shown(b, name, strlen(name));
	buffer_add(b, "\n");
}

static void print_range(struct buffer *b, size_t start, size_t count)
{
	/* By convention an empty range names the line before it. */
	buffer_printf(b, "%zu", count ? start + 1 : start);
	if (count != 1)
		buffer_printf(b, ",%zu", count);
}

static void print_hunk(struct buffer *b, const struct script *script, size_t from, size_t to)
{
	size_t before = 0, after = 0;

	for (size_t i = from; i < to; i++) {
		before += script->steps[i].sign != '+';
		after += script->steps[i].sign != '-';
	}
	buffer_add(b, "@@ -");
	print_range(b, script->steps[from].before, before);
	buffer_add(b, " +");
	print_range(b, script->steps[from].after, after);
	buffer_add(b, " @@\n");
	for (size_t i = from; i < to; i++)
		print_line(b, &script->steps[i]);
}

/* Prints the hunks. Changes with at most twice the context between them share one. */
static void print_hunks(struct buffer *b, const struct script *script)
{
	size_t at = 0;

	while (at < script->count) {
		size_t from, to, same = 0;

		while (at < script->count && script->steps[at].sign == ' ')
			at++;
		if (at == script->count)
			return;
		from = at > CONTEXT ? at - CONTEXT : 0;
		for (to = at; to < script->count && same <= 2 * CONTEXT; to++)
			same = script->steps[to].sign == ' ' ? same + 1 : 0;
		to -= same > CONTEXT ? same - CONTEXT : 0;
		print_hunk(b, script, from, to);
		at = to;
	}
}

static bool same_bytes(const struct diff_side *a, const struct diff_side *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static size_t count_lines(const struct diff_side *side)
{
	size_t count = side->size > 0 && side->bytes[side->size - 1] != '\n';

	for (size_t i = 0; i < side->size; i++)
		count += side->bytes[i] == '\n';
	return count;
}

/* Returns whether a side is too long to be compared, and then adds a line that says so. */
static bool skip_long(struct buffer *b, const struct diff_side *before,
		      const struct diff_side *after)
{
	const struct diff_side *sides[] = {before, after};

	for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
		size_t lines = count_lines(sides[i]);

		if (sides[i]->size <= DIFF_BYTES_MAX && lines <= DIFF_LINES_MAX)
			continue;
		buffer_printf(b,
			      "--- %s\n+++ %s\n\\ the %s file has %s lines and %s bytes: more than "
			      "%s lines or %s bytes are not compared line by line\n",
			      before->name, after->name, i == 0 ? "old" : "new",
			      text_count(lines).text, text_count(sides[i]->size).text,
			      text_count(DIFF_LINES_MAX).text, text_count(DIFF_BYTES_MAX).text);
		return true;
	}
	return false;
}

void diff_add(struct buffer *b, const struct diff_side *before, const struct diff_side *after)
{
	const struct diff_side no_file = {before->name, "", 0}, no_plan = {after->name, "", 0};
	const struct diff_side *from = before->bytes ? before : &no_file;
	const struct diff_side *to = after->bytes ? after : &no_plan;
	struct lines old = {0}, new = {0};
	struct script script = {0};

	if (same_bytes(from, to) || skip_long(b, from, to))
		return;
	if (split_lines(from, &old) < 0 || split_lines(to, &new) < 0 ||
	    !(script.steps = calloc(old.count + new.count + 1, sizeof(*script.steps)))) {
		b->error = -ENOMEM;
	} else {
		find_script(&old, &new, &script);
		print_name(b, "--- ", before->name);
		print_name(b, "+++ ", after->name);
		print_hunks(b, &script);
	}
	free(old.items);
	free(new.items);
	free(script.steps);
}
