/* Reads all that is known of the table, for status and advise. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/table.h"
#include "steps/runtime.h"

struct host_table {
	bool broken;		      /* the configuration cannot be used; comparison is empty */
	bool planned;		      /* there is a plan to hold the table against */
	struct comparison comparison; /* of the built-in defaults where nothing is configured */
	struct runtime live;
	struct table table;
	struct judgement judgement;
};
void host_table_done(struct host_table *host);

/* The plan, once, if there is one; that it cannot be read is told as a warning, and no failure. */
void host_table_open(struct context *context, struct host_table *ret);

enum table_depth {
	TABLE_FIGURES, /* a few small files */
	TABLE_WHOLE,   /* also every entry, every network namespace, the kernel's messages */
};

/* The table as it is now. What is out of reach stays unknown. EXIT_FAILED was reported. */
enum exit_code host_table_look(struct context *context, enum table_depth depth,
			       struct host_table *host);
