/* The only user of inih: bytes to (section, key, value, line), or problems. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/problems.h"

/* What a reader is told, in file order. The strings live only during the call. */
struct ini_events {
	/*
	 * A line that is neither a section nor a comment, before it is judged. Returns whether it was reported as a
	 * problem, so that it is not judged. May be NULL.
	 */
	bool (*line)(void *userdata, const char *line, unsigned int number);
	void (*section)(void *userdata, const char *section, unsigned int line);
	void (*pair)(void *userdata, const char *section, const char *name, const char *value,
		     unsigned int line);
	/* A pair with no section above it, to be reported as a problem. May be NULL. */
	void (*orphan)(void *userdata, const char *name, const char *value, unsigned int line);
	void *userdata;
};

/*
 * Reads one file's bytes. A line may begin with blanks, and there is no continuation line. Each
 * physical line is vetted before inih sees it, because inih by itself cuts long lines in silence,
 * takes an indented line for a continuation, stops at a NUL and reports one error at most.
 * Everything wrong is added to problems under `file` with its line; pairs below a broken section
 * line are not reported. Returns 0 also when there were problems; -ENOMEM.
 */
MUST_CHECK int ini_read(const char *file, const char *bytes, size_t size,
			const struct ini_events *events, struct problems *problems);
