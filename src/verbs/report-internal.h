/* What the parts of the report share. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "verbs/report.h"

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
	size_t unread_count;
};

/* The colour, where the report has any. */
const char *report_color(const struct report *report, const char *color);
