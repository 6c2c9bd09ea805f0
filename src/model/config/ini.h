/* Reads INI text into sections and pairs with line numbers, or problems. The only user of inih. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/problems.h"

/* The callbacks of a reader, called in file order. The strings are valid only during the call. */
struct ini_events {
	/*
	 * Called with each line that is neither a section nor a comment, before it is checked.
	 * Returns true if it has added a problem for the line, which is then skipped. May be NULL.
	 */
	bool (*line)(void *userdata, const char *line, unsigned int number);
	void (*section)(void *userdata, const char *section, unsigned int line);
	void (*pair)(void *userdata, const char *section, const char *name, const char *value,
		     unsigned int line);
	/*
	 * Called with a pair that has no section above it, so that it can add a problem. May be
	 * NULL.
	 */
	void (*orphan)(void *userdata, const char *name, const char *value, unsigned int line);
	void *userdata;
};

/*
 * Reads the bytes of one file. A line may begin with blanks, and there is no continuation line.
 * Each line is checked before inih sees it, because inih cuts long lines without an error, takes an
 * indented line for a continuation, stops at a NUL and reports at most one error. Every fault is
 * added to problems with `file` and its line; pairs below a faulty section line are skipped.
 * Returns 0 even if there are problems, or -ENOMEM.
 */
MUST_CHECK int ini_read(const char *file, const char *bytes, size_t size,
			const struct ini_events *events, struct problems *problems);
