/* Lists the sources that a run could not read, and why; a step reports them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text-set.h"

enum unread_kind {
	UNREAD_FILE, /* a file or folder, named by its path */
	UNREAD_LIST, /* something else, named by words: "the list of processes" */
};

struct unread_source {
	enum unread_kind kind;
	const char *name;   /* a path has the prefix of --root */
	const char *reason; /* NULL: error says it */
	int error;	    /* negative errno; 0: reason says it */
	bool root_only;	    /* only root may read it, and the run is not root's */
};

/*
 * Initialize with `struct unread u = {0}`. Each name is in the list once; the list owns its texts.
 */
struct unread {
	struct unread_source *items;
	size_t count;
	size_t reported; /* number of sources, from the first on, that were reported */
	size_t calls;	 /* calls of unread_add(), including those that added nothing */
	struct text_set names;
	bool out_of_memory;
};
void unread_done(struct unread *unread);

/* Copies the source unless the list has its name. If memory runs out, remembers that. */
void unread_add(struct unread *unread, const struct unread_source *source);
