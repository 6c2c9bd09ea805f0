/* The kernel's counters of connection tracking, summed over all processors. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* The counters in the order of the kernel's columns. */
enum counter {
	COUNTER_FOUND,	 /* "found": NAT looked for a port, and the tuple was in use */
	COUNTER_INVALID, /* "invalid" */
	/*
	 * "chainlength": entries refused because the chain of their bucket was too long, from 5.15
	 * on
	 */
	COUNTER_CHAIN_TOO_LONG,
	COUNTER_INSERT_FAILED, /* "insert_failed": clashes, and the counter above */
	/*
	 * "drop": packets dropped because the table was full or memory short, or because of a
	 * clash; not because of chains
	 */
	COUNTER_DROP,
	COUNTER_EARLY_DROP,	/* "early_drop": entries removed to make room for new ones */
	COUNTER_SEARCH_RESTART, /* "search_restart" */
	COUNTERS,
};

struct counters {
	bool known[COUNTERS]; /* whether this kernel has the counter and it could be read */
	/* Counted since the network namespace was created or the module was loaded. */
	uint64_t value[COUNTERS];
	bool entries_known; /* ctnetlink does not report them */
	uint64_t entries;   /* of the network namespace; every line has the same number */
};

/* Returns the kernel's name of the column, which node exporter's metric has too. */
const char *counter_to_string(enum counter counter);

/* Returns whether a counter is known. */
bool counters_are_known(const struct counters *counters);

/*
 * Parses the text of /proc/net/stat/nf_conntrack: a line of names, then a line of hexadecimal
 * numbers for each processor (ct_cpu_seq_show(), nf_conntrack_standalone.c, 4.18 to 7.2). Columns
 * are found by name, because they differ among kernels. Returns -EBADMSG for any other text.
 */
MUST_CHECK int counters_parse(const char *text, struct counters *ret);

/*
 * Adds one processor's message of ctnetlink, IPCTNL_MSG_CT_GET_STATS_CPU, behind its struct
 * nfgenmsg. Returns -EBADMSG for any other message, and then leaves *counters unchanged.
 */
MUST_CHECK int counters_add_message(const void *bytes, size_t size, struct counters *counters);
