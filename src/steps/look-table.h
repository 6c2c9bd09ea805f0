/* Reads all that is known of the table, for status and advise. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/table.h"
#include "steps/runtime.h"

struct host_table {
	bool broken;		      /* the configuration cannot be used; comparison is empty */
	bool planned;		      /* there is a plan to compare the table with */
	struct comparison comparison; /* made from the built-in defaults if nothing is configured */
	struct runtime live;
	struct table table;
	struct judgement judgement;
	/*
	 * not owned; of all timeouts; NULL unless the look is for advice, which says what shorter
	 * timeouts cut off
	 */
	const struct relations *relations;
};
void host_table_done(struct host_table *host);

/*
 * Makes the plan once, if there is a configuration. If the configuration cannot be read, this is a
 * warning and no failure.
 */
void host_table_open(struct context *context, struct host_table *ret);

enum table_depth {
	TABLE_FIGURES, /* only a few small files */
	TABLE_WHOLE,   /* also every entry, every network namespace, and the kernel's messages */
};

/*
 * Reads the table as it is now. Figures that this process cannot read stay unknown. Returns
 * EXIT_FAILED after an error, which has been reported.
 */
enum exit_code host_table_look(struct context *context, enum table_depth depth,
			       struct host_table *host);

/*
 * Counts the entries one by one, and who holds them; fills the members `contents`,
 * `contents_error`, `holders`, `cutoffs` and those about namespaces. table->entries must be known
 * by then, and tcp_established for `idle`. values: as look_namespaces() takes them. Returns
 * EXIT_FAILED after an error, which has been reported; an error of reading the entries is in
 * contents_error.
 */
enum exit_code host_table_count(struct context *context, const struct values *values,
				struct table *table);

/*
 * Does the same without entering a namespace: takes the owners of addresses that others->owners
 * has. Fills no member about namespaces but namespaces_known.
 */
void host_table_count_owners(struct context *context, struct namespaces_drift *others,
			     struct table *table);
