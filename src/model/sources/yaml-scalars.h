/* The scalars of a YAML or JSON text, each with its path of keys and its line. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* A scalar: a value, or an item of a list. */
struct yaml_scalar {
	unsigned int document; /* from 1 */
	/* owned; the keys that lead to it: "conntrack/min", "spec/containers/[0]/args/[3]" */
	char *path;
	char *value; /* owned; "" for an empty one */
	/* from 1; of a literal block, the line of its first line of text */
	unsigned int line;
	bool is_null;	 /* an empty plain scalar, "~", or "null" */
	bool is_literal; /* a block after "|", whose lines are lines of the text */
};

/* Start with `struct yaml_scalars scalars = {0}`, and release with yaml_scalars_done(). */
struct yaml_scalars {
	struct yaml_scalar *items;
	size_t count;
	unsigned int documents;
};
void yaml_scalars_done(struct yaml_scalars *scalars);

/* Returns the scalar of this document at this path, or NULL. */
const struct yaml_scalar *yaml_scalars_find(const struct yaml_scalars *scalars,
					    unsigned int document, const char *path);
