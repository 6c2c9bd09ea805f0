/* What an errno says to people, and what they can do about it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

/*
 * Adds the words to stand behind "PATH: ", such as "Permission denied; run it as root". error: a negative errno; path: with
 * the prefix of the root or without it.
 */
void error_add_words(const struct context *context, const char *path, int error, struct buffer *b);

/* Reports "cannot WHAT PATH: " and these words: as an error, or with another severity. */
void report_errno(struct context *context, const char *what, const char *path, int error);
void report_errno_as(const struct context *context, enum severity severity, const char *what,
		     const char *path, int error);
