/* Paragraphs as wide as the terminal, and 80 columns where there is none. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "report/report.h"

/*
 * Prints the text as paragraph_add() breaks it, at the width that terminal_size() returns. Each
 * line begins with `indent` blanks, at most 20; the first line has `first` in their place.
 */
void report_say_wrapped(struct report *report, const char *first, size_t indent, const char *text);
