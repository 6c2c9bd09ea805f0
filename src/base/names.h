/* A list of names that grows. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

/* Start with `struct names n = {0}`, and release the list with names_done(). */
struct names {
	char **items; /* owned with their texts */
	size_t count;
};

/* Adds a copy of the name. -ENOMEM. */
MUST_CHECK int names_add(struct names *names, const char *name);
void names_done(struct names *names);
