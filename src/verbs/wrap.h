/* Paragraphs for a terminal of 80 columns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "verbs/report.h"

/* Breaks at blanks; each line begins with `indent` blanks, but for the word `first` at the beginning of the first one. */
void report_say_wrapped(struct report *report, const char *first, size_t indent, const char *text);
