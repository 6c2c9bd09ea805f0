/* List of (file, line, severity, message): how pure code complains. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

enum severity {
	SEVERITY_NOTE,
	SEVERITY_WARNING,
	SEVERITY_ERROR,
};

/* file may be NULL (about no file), line 0 (about the file as a whole). The list owns both texts. */
struct problem {
	enum severity severity;
	char *file;
	unsigned int line;
	char *text;
};

/* Start with `struct problems p = {0}`. out_of_memory is remembered, as in struct buffer. */
struct problems {
	struct problem *items;
	size_t count;
	bool out_of_memory;
};

void problems_done(struct problems *p);
void problems_add(struct problems *p, enum severity severity, const char *file, unsigned int line,
		  const char *format, ...) PRINTF_LIKE(5, 6);
bool problems_have_error(const struct problems *p);
