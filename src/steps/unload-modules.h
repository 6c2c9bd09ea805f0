/* Removes nf_conntrack and what is above it; for the verb unload, and at the end of install where mode = disable. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/users/module-graph.h"
#include "steps/context.h"

struct unloading {
	size_t removed; /* modules */
	bool left;	/* nf_conntrack is there still */
};

/*
 * Leaves first, each removal reported, none if any of them is in use: EXIT_REFUSED, with the names. EXIT_FAILED: it ended
 * in the middle, and what was removed and what is left was told.
 */
enum exit_code unload_modules(struct context *context, struct unloading *ret);

/* Adds a module to the list "removals" of the JSON object, and prints a line: "remove", "removed" or "left". */
void unload_note(struct context *context, const char *name, const char *action);

/* Reports each module that is in use. EXIT_REFUSED if there is one. */
enum exit_code unload_refuse(struct context *context, const struct module_graph *graph);
