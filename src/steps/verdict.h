/* The verdict on a host: whether files, live values and sources are as configured. check and install share it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"
#include "steps/find-writers.h"
#include "steps/runtime.h"

/* Everything that a verdict is reached from. Starts as {0}. */
struct host_state {
	struct comparison comparison;
	struct runtime live;
	struct host_writers writers;
	bool breaks; /* of disable_look(), which the verb calls */
};
void host_state_done(struct host_state *found);

/*
 * Looks at configuration, files, sources and, unless the run leaves it alone, the running kernel. On a host that is
 * unconfigured, sources and kernel are left out.
 */
enum exit_code host_state_make(struct context *context, struct host_state *found);

struct verdict {
	bool files; /* a file, or the manifest, is not as configured */
	bool live; /* a live value differs, or nf_conntrack cannot load, or is loaded in mode disable */
	bool disables;	   /* mode = disable */
	bool breaks;	   /* mode = disable, and something needs nf_conntrack at the next boot */
	size_t overridden; /* how many values another source overrides */
	bool record;	   /* of the files, nothing but the record of them differs */
	bool forced;	   /* install changes one of the files with --force only */
	bool unusable;	   /* install cannot change one of the files, with --force neither */
	bool masked;	   /* the administrator disabled a file, which is no difference */
	bool unsure;	   /* something could not be read that may override a value */
};

/*
 * Reports the other sources that override values or do not do what they say, sets the state of the JSON object, and
 * returns the verdict in *ret. EXIT_FAILED: a source could not be looked for; the error was reported, and *ret is
 * the verdict on the rest.
 */
enum exit_code verdict_reach(struct context *context, const struct host_state *found,
			     struct verdict *ret);

/* Whether something differs, whatever could not be read. */
bool verdict_differs(const struct verdict *verdict);

/* EXIT_DONE or EXIT_DIFFERS. A verdict that is unsure is for the verb to judge. */
enum exit_code verdict_code(const struct verdict *verdict);
