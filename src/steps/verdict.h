/* The verdict: whether files, live values and sources are as configured. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"
#include "steps/find-writers.h"
#include "steps/runtime.h"

/* All that a verdict is based on. Initialize with {0}. */
struct host_state {
	struct comparison comparison;
	struct runtime live;
	struct host_writers writers;
	bool breaks; /* the result of disable_look(), which the verb calls */
};
void host_state_done(struct host_state *found);

/*
 * Reads configuration, files, sources and, unless the options exclude it, the running kernel. On a
 * host without a configuration, sources and kernel are left out. The caller owns *found.
 */
enum exit_code host_state_make(struct context *context, struct host_state *found);

struct verdict {
	bool files; /* a file, or the manifest, is not as configured */
	/* a live value differs, nf_conntrack cannot load, or mode = disable and it is loaded */
	bool live;
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
 * Reports the sources that override values or do not do what they say, sets "state" of the JSON
 * object, and returns the verdict in *ret. Returns EXIT_FAILED, reported, if the sources could not
 * be read; *ret is then the verdict on the rest.
 */
enum exit_code verdict_reach(struct context *context, const struct host_state *found,
			     struct verdict *ret);

/* Returns whether something differs; `unsure` does not count. */
bool verdict_differs(const struct verdict *verdict);

/* Returns EXIT_DONE or EXIT_DIFFERS. The verb must check `unsure` itself. */
enum exit_code verdict_code(const struct verdict *verdict);
