/*
 * Removes nf_conntrack and the modules above it; for the verb unload, and at the end of install in
 * mode disable.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/users/module-graph.h"
#include "steps/context.h"

struct unloading {
	size_t removed; /* number of removed modules */
	bool left;	/* nf_conntrack is still loaded */
};

/*
 * Removes the modules from the top down and reports each removal. Returns EXIT_REFUSED, with the
 * names, and removes none if one of them is in use. Returns EXIT_FAILED if it stopped in between;
 * what was removed and what is left has been reported.
 */
enum exit_code unload_modules(struct context *context, struct unloading *ret);

/*
 * Adds a module to the list "removals" of the JSON object and prints a line. action: "remove",
 * "removed" or "left".
 */
void unload_note(struct context *context, const char *name, const char *action);

/* Reports each module that is in use. Returns EXIT_REFUSED if there is one. */
enum exit_code unload_refuse(struct context *context, const struct module_graph *graph);
