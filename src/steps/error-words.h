/* Describes an errno to people, with what they can do about it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

/*
 * Adds the words that follow "PATH: ", such as "Permission denied; run it as root". error: a
 * negative errno. path: with or without the prefix of --root.
 */
void error_add_words(const struct context *context, const char *path, int error, struct buffer *b);

/*
 * Reports "cannot WHAT PATH: " and these words as an error; report_errno_as() takes another
 * severity.
 */
void report_errno(struct context *context, const char *what, const char *path, int error);
void report_errno_as(const struct context *context, enum severity severity, const char *what,
		     const char *path, int error);
