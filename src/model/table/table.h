/* The table of connection tracking at one moment: what was read of it, and what follows from that. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "model/plan/facts.h"
#include "model/runtime/module-state.h"
#include "model/table/counters.h"
#include "model/table/entries.h"
#include "model/table/log-messages.h"

/* A figure that may be out of reach. */
struct figure {
	bool known;
	uint64_t value;
};

/* /sys/kernel/slab/nf_conntrack, which only root may read. */
struct slab {
	bool known;
	uint64_t object_size; /* bytes, of struct nf_conn */
	uint64_t slab_size;   /* bytes that an object takes with the allocator's own */
	uint64_t per_slab;    /* objects */
	uint64_t order;	      /* a slab is 2^order pages */
	uint64_t objects;     /* in use, of all network namespaces; 0: not known */
	uint64_t slabs;	      /* there are now, of all network namespaces; 0: not known */
};

/* Of the text of /proc/slabinfo. -ENOENT: there is no such cache; -EBADMSG: its line is not understood. */
MUST_CHECK int slab_parse(const char *text, struct slab *ret);

/* What another network namespace has. */
struct namespace_table {
	char *where;	       /* "namespace NAME" or "namespace of COMMAND (PID)"; owned */
	int error;	       /* why it could not be looked at, negative errno, else 0 */
	struct figure entries; /* unknown: it tracks nothing */
	struct figure max;     /* as the namespace shows it; unknown: it shows none */
	char *differs; /* "udp_timeout 30 (here 60), ..." of what a plan sets in each namespace; owned, NULL: nothing */
	size_t differing; /* how many these are */
};

/* A value that is both in the plan and in the kernel; see struct value. */
struct table_values {
	size_t ok, differs, absent;	      /* of the plan */
	size_t pending;			      /* those that cannot come into force among them */
	bool blocked;			      /* something keeps the module from loading */
	uint64_t wanted_max, wanted_hashsize; /* of the plan; 0: left to the kernel */
	bool known;			      /* there is a configuration, and it could be read */
	bool files_differ;		      /* what is installed is not the plan */
};

struct table {
	enum module_state module;
	struct facts facts; /* ram is MemTotal to the byte */
	struct figure entries, max, buckets;
	struct figure expect_max, expect_buckets;
	bool foreign_max; /* max is another network namespace's to set: this is a container's view */
	struct counters counters;
	struct slab slab;
	struct figure extensions; /* bytes an entry besides, by its settings: 0 or 128 */
	/* Settings of the running kernel that advice depends on; seconds. */
	struct figure tcp_syn_sent, tcp_syn_recv, tcp_established, tcp_time_wait, udp, udp_stream;
	struct full_messages messages;
	struct entry_counts *contents; /* owned; NULL: contents_error says why */
	int contents_error;
	struct namespace_table *namespaces; /* owned; the others */
	size_t namespace_count;
	bool namespaces_known;
	bool namespaces_cut; /* there are more than were looked at */
	struct table_values values;
	uint64_t now; /* microseconds since the epoch */
};
void table_done(struct table *table);

/*
 * How long a chain may be before an insert is refused, whatever max says: a random number between the two for each insert
 * (MIN_CHAINLEN, MAX_CHAINLEN in nf_conntrack_core.c). None before 5.15; 8 to 31 at first, 50 to 79 from 6.3 on and in the
 * stable kernels of March 2023, which their release does not tell: low 8 and high 79 then.
 */
struct chain_limit {
	unsigned int low, high; /* 0: none */
};
struct chain_limit table_chain_limit(const struct facts *facts);

enum verdict {
	VERDICT_NOT_LOADED,    /* nothing is tracked */
	VERDICT_UNKNOWN,       /* loaded, and the figures are out of reach */
	VERDICT_FULL,	       /* new connections are dropped */
	VERDICT_CHAINS,	       /* the same for chains that are too long, far from max */
	VERDICT_NEARLY_FULL,   /* over 80 % of max */
	VERDICT_NEARLY_CHAINS, /* chains near their limit */
	VERDICT_WAS_FULL,      /* not now; counters or messages tell that packets were dropped */
	VERDICT_DIFFERS,       /* fine, and not as configured */
	VERDICT_UNUSED,	       /* loaded, no entry anywhere */
	VERDICT_UNSURE,	       /* not full here; other network namespaces could not be looked at */
	VERDICT_FINE,
};

/* What follows from the figures; nothing here is owned. */
struct judgement {
	enum verdict verdict;
	/* The other network namespace whose table VERDICT_FULL or VERDICT_NEARLY_FULL is about; NULL: this one's. */
	const struct namespace_table *elsewhere;
	size_t unseen;		  /* network namespaces that are known and could not be looked at */
	bool unsure;		  /* so are some, or there may be others */
	struct figure share;	  /* entries of max, in tenths of a percent */
	struct figure per_bucket; /* entries a bucket, in hundredths */
	struct chain_limit chains;
	struct figure
		chain_entries; /* entries from which on chains may be too long: low / 2 x buckets */
	uint64_t entry_bytes;  /* slab and extensions */
	bool entry_bytes_measured; /* of the slab's own figures, not by release */
	struct figure memory_now,
		memory_full;		 /* bytes: buckets and entries; of this namespace's own */
	struct figure memory_full_share; /* of RAM, in tenths of a percent */
	uint64_t dropped; /* packets: for want of room or over long chains, 0 where not known */
};
void table_judge(const struct table *table, struct judgement *ret);

/*
 * The most entries that namespace may hold: the host's max, which counts for each namespace by itself, or a smaller one
 * of its own, which later kernels may give it. Unknown: neither is known, or nothing limits the table.
 */
struct figure table_namespace_limit(const struct table *table, const struct namespace_table *one);

/* One word for JSON: "full", "chains", "nearly-full" ... */
const char *verdict_to_string(enum verdict verdict);
