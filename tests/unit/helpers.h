/*
 * Helpers for several unit tests: cmocka with its prerequisites, and assertions that name the row
 * of a table.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/problems.h"

/* A literal with its size, so that a NUL inside of it counts. */
#define BYTES(literal) (literal), sizeof(literal) - 1

static inline void expect_number(const char *what, uint64_t got, uint64_t wanted)
{
	if (got != wanted)
		fail_msg("%s: %" PRIu64 ", not %" PRIu64, what, got, wanted);
}

static inline void expect_text(const char *what, const char *got, const char *wanted)
{
	if (!got || strcmp(got, wanted) != 0)
		fail_msg("%s:\n%s\n-- not --\n%s", what, got ? got : "(null)", wanted);
}

static inline void expect_part(const char *what, const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("%s: \"%s\" without \"%s\"", what, text ? text : "(null)", part);
}

static inline void expect_start(const char *what, const char *text, const char *start)
{
	if (!text || strncmp(text, start, strlen(start)) != 0)
		fail_msg("%s: \"%s\" does not begin with \"%s\"", what, text ? text : "(null)",
			 start);
}

static inline void expect_no_problem(const char *what, const struct problems *problems)
{
	if (problems->count > 0)
		fail_msg("%s: unexpected problem in line %u: %s", what, problems->items[0].line,
			 problems->items[0].text);
}
