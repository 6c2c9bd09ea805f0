/* The modules above nf_conntrack, and the order in which they can be removed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct graph_module {
	char *name;
	/*
	 * The use count without the modules above it: rules, sockets, devices. Negative: the kernel
	 * does not count (CONFIG_MODULE_UNLOAD=n), or the module is unloading.
	 */
	long outside;
	size_t *holders; /* owned; the indexes of the modules directly above it */
	size_t holder_count;
	bool permanent; /* whether it cannot be unloaded */
	bool moving;	/* whether it is loading or unloading */
};

/*
 * The modules, each behind all that hold it, so that nf_conntrack is the last. Empty if it is not
 * loaded. Release with module_graph_done().
 */
struct module_graph {
	struct graph_module *items;
	size_t count;
};
void module_graph_done(struct module_graph *graph);

/*
 * Reads the named module and all modules above it from the text of /proc/modules ("name size users
 * above, state address", Linux 4.18 to 7.2). Returns -EBADMSG for another text, -ELOOP if a module
 * is above itself, or -ENOMEM.
 */
MUST_CHECK int module_graph_read(const char *text, const char *root, struct module_graph *ret);

/*
 * Returns why a module cannot be removed even if those above it are gone, to follow "NAME "; NULL
 * if it can.
 */
const char *graph_module_obstacle(const struct graph_module *module);

/* Returns how many of them cannot be removed. */
size_t module_graph_obstacles(const struct module_graph *graph);

const struct graph_module *module_graph_find(const struct module_graph *graph, const char *name);
