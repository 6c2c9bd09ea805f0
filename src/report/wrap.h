/* Prints paragraphs as wide as the terminal, or 80 columns wide without a terminal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "report/report.h"

/*
 * Prints the text as paragraph_add() breaks it, at the width that terminal_size() returns. Each
 * line begins with `indent` blanks, at most 20; the first line has `first` in their place.
 */
void report_say_wrapped(struct report *report, const char *first, size_t indent, const char *text);
