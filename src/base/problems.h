/* A list of problems (severity, file, line, text) that code without I/O reports to its caller. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

enum severity {
	SEVERITY_NOTE,
	SEVERITY_WARNING,
	SEVERITY_ERROR,
};
#define SEVERITIES 3U

/*
 * The list owns both texts. `file` is NULL if the problem concerns no file, `line` is 0 if it
 * concerns the whole file.
 */
struct problem {
	enum severity severity;
	char *file;
	unsigned int line;
	char *text;
};

/*
 * Bounds, because the input of other programs decides how many problems there are and how long
 * their texts get, and nobody reads thousands of them. The list keeps the first PROBLEMS_MAX
 * problems of each severity and only counts the rest. A text is cut after PROBLEM_TEXT_MAX bytes.
 */
#define PROBLEMS_MAX	 1000U
#define PROBLEM_TEXT_MAX 1000U

/*
 * Start with `struct problems p = {0}`, and release the list with problems_done(). A failed
 * allocation sets out_of_memory, which counts as an error.
 */
struct problems {
	struct problem *items;
	size_t count;
	size_t counts[SEVERITIES]; /* problems of each severity, also those beyond the bound */
	bool out_of_memory;
};

void problems_done(struct problems *p);
void problems_add(struct problems *p, enum severity severity, const char *file, unsigned int line,
		  const char *format, ...) PRINTF_LIKE(5, 6);
bool problems_have_error(const struct problems *p);

/*
 * Returns whether the list would keep another problem of this severity. If not, the caller can skip
 * working out a proposal.
 */
bool problems_have_room(const struct problems *p, enum severity severity);

/* Returns how many problems of this severity were counted but not kept. */
size_t problems_left_out(const struct problems *p, enum severity severity);
