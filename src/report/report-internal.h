/* What the parts of the report share. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdio.h>

#include "base/buffer.h"
#include "report/report.h"

#define COLOR_RED    "\033[31m"
#define COLOR_GREEN  "\033[32m"
#define COLOR_YELLOW "\033[33m"
#define COLOR_BOLD   "\033[1m"
#define COLOR_NONE   "\033[0m"

struct report {
	struct report_style style;
	json_t *object;
	json_t *place;	     /* whose values they are: the object, or one of its "namespaces" */
	struct buffer where; /* "namespace NAME", empty: here */
	size_t unread_count, unread_without_root;
	json_t *unread_names; /* the keys are what "unread" lists already */
	bool incomplete; /* a part of what was to be printed could not be made: report_finish() fails */
	json_t *places; /* "PATH:LINE" of each problem that was reported, as the names of an object */
};

/* The colour, where the report has any. */
const char *report_color(const struct report *report, const char *color);

/*
 * Prints one line to standard output or standard error: `head` in this colour, then `text`. Whoever wrote them, they do not
 * leave their line: the one place that makes text harmless for a terminal.
 */
void report_print_line(struct report *report, FILE *stream, const char *color, const char *head,
		       const char *text);

/*
 * The same in lines as wide as the terminal at the stream; without a terminal it is one line. Lines after the first begin with
 * `indent` blanks.
 */
void report_print_wrapped(struct report *report, FILE *stream, const char *color, const char *head,
			  size_t indent, const char *text);

/* Prints the object. -EIO: standard output did not take it, or memory ran out. */
MUST_CHECK int report_print_json(struct report *report);
