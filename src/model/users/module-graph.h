/* The modules above nf_conntrack, and the order in which they can be removed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct graph_module {
	char *name;
	/*
	 * Users less the modules above it: rules, sockets, devices. Negative: this kernel tells no number
	 * (CONFIG_MODULE_UNLOAD=n), or the module is on its way out.
	 */
	long outside;
	size_t *holders; /* the modules right above it, as indices of items */
	size_t holder_count;
	bool permanent; /* it has no way to be unloaded */
	bool moving;	/* loading or unloading */
};

/* Leaves first, nf_conntrack last: each stands behind all that hold it. Empty: it is not loaded. */
struct module_graph {
	struct graph_module *items;
	size_t count;
};
void module_graph_done(struct module_graph *graph);

/*
 * From the text of /proc/modules ("name size users above, state address", Linux 4.18 to 7.2), of the named module and
 * what is above it. -EBADMSG: this is no such text; -ELOOP: a module above itself; -ENOMEM.
 */
MUST_CHECK int module_graph_read(const char *text, const char *root, struct module_graph *ret);

/* Why a module cannot be removed once those above it are gone, to stand after "NAME "; NULL: it can. */
const char *graph_module_obstacle(const struct graph_module *module);

/* How many of them cannot be removed. */
size_t module_graph_obstacles(const struct module_graph *graph);

const struct graph_module *module_graph_find(const struct module_graph *graph, const char *name);
