/* The kernel's counters of connection tracking, summed over processors. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* In the order of the kernel's columns. */
enum counter {
	COUNTER_FOUND,	 /* "found": the tuple was taken already, as NAT looked for a port */
	COUNTER_INVALID, /* "invalid" */
	COUNTER_CHAIN_TOO_LONG, /* "chainlength": inserts refused as the bucket's chain was too long, from 5.15 on */
	COUNTER_INSERT_FAILED, /* "insert_failed": clashes, and the line above */
	COUNTER_DROP, /* "drop": packets, as the table was full or memory short; not for chains */
	COUNTER_EARLY_DROP,	/* "early_drop": entries that had to go for new ones */
	COUNTER_SEARCH_RESTART, /* "search_restart" */
	COUNTERS,
};

struct counters {
	bool known[COUNTERS]; /* this kernel counts it, and it could be read */
	/* Since the network namespace is there, or the module was loaded. */
	uint64_t value[COUNTERS];
	bool entries_known; /* not by ctnetlink */
	uint64_t entries;   /* of the network namespace; every line has the same number */
};

/* The kernel's own name of the column, and of node exporter's metric. */
const char *counter_to_string(enum counter counter);

/* Whether any is known. */
bool counters_are_known(const struct counters *counters);

/*
 * The text of /proc/net/stat/nf_conntrack: a line of names, then a line a processor, hexadecimal (ct_cpu_seq_show(),
 * nf_conntrack_standalone.c, 4.18 to 7.2). Columns are found by their names, as these differ among kernels. -EBADMSG: it
 * is no such text; *ret is not touched then.
 */
MUST_CHECK int counters_parse(const char *text, struct counters *ret);

/*
 * One processor's message of ctnetlink, IPCTNL_MSG_CT_GET_STATS_CPU, behind its struct nfgenmsg: added to what is there.
 * -EBADMSG: it is no such message; *counters is not touched then.
 */
MUST_CHECK int counters_add_message(const void *bytes, size_t size, struct counters *counters);
