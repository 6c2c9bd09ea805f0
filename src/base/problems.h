/* List of (file, line, severity, message): how pure code complains. */
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

/* file may be NULL (about no file), line 0 (about the file as a whole). The list owns both texts. */
struct problem {
	enum severity severity;
	char *file;
	unsigned int line;
	char *text;
};

/*
 * Problems of one severity beyond the first ones are counted only, and texts beyond that length are cut: others' input decides
 * how many there are and how long, and nobody reads thousands of them.
 */
#define PROBLEMS_MAX	 1000U
#define PROBLEM_TEXT_MAX 1000U

/* Start with `struct problems p = {0}`. out_of_memory is remembered, as in struct buffer. */
struct problems {
	struct problem *items;
	size_t count;
	size_t counts[SEVERITIES]; /* of each severity, with those that were counted only */
	bool out_of_memory;
};

void problems_done(struct problems *p);
void problems_add(struct problems *p, enum severity severity, const char *file, unsigned int line,
		  const char *format, ...) PRINTF_LIKE(5, 6);
bool problems_have_error(const struct problems *p);

/* Whether another problem of this severity would be kept: what to write instead need not be worked out otherwise. */
bool problems_have_room(const struct problems *p, enum severity severity);

/* How many problems of this severity were counted only. */
size_t problems_left_out(const struct problems *p, enum severity severity);
