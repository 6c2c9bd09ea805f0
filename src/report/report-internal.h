/* Declares the internals that the parts of the report share. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdio.h>

#include "base/buffer.h"
#include "base/text-set.h"
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
	struct text_set unread_names; /* the sources in the list "unread" */
	bool incomplete;	      /* a part could not be made, so that report_finish() fails */
	struct text_set places;	      /* "PATH:LINE" of each problem that was reported */
};

/* Returns the colour sequence, or "" if the report has no colours. */
const char *report_color(const struct report *report, const char *color);

/*
 * Prints one line: `head` in this colour, then `text`. This is the only place that makes text
 * harmless for a terminal, so that foreign text cannot leave its line.
 */
void report_print_line(struct report *report, FILE *stream, const char *color, const char *head,
		       const char *text);

/*
 * Does the same in lines as wide as the stream's terminal; without a terminal in one line. Lines
 * after the first begin with `indent` blanks.
 */
void report_print_wrapped(struct report *report, FILE *stream, const char *color, const char *head,
			  size_t indent, const char *text);

/* Prints the object. -EIO: standard output did not take it, or memory ran out. */
MUST_CHECK int report_print_json(struct report *report);
