/* The table of connection tracking at one moment: the figures, and the verdict on them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "model/plan/sizes.h"
#include "model/runtime/module-state.h"
#include "model/table/counters.h"
#include "model/table/cutoffs.h"
#include "model/table/entries.h"
#include "model/table/forecast.h"
#include "model/table/holders.h"
#include "model/table/log-messages.h"
#include "model/table/relations.h"
#include "model/table/turnover.h"
#include "model/witness/foreign-writes.h"

/* A figure that may be unknown. */
struct figure {
	bool known;
	uint64_t value;
};

/* The figures of /proc/slabinfo for nf_conntrack, which only root may read. */
struct slab {
	bool known;
	uint64_t object_size; /* bytes of struct nf_conn */
	uint64_t slab_size;   /* bytes of an object with the allocator's own data */
	uint64_t per_slab;    /* objects in a slab */
	uint64_t order;	      /* a slab has 2^order pages */
	uint64_t objects;     /* in use by all network namespaces; 0: unknown */
	uint64_t slabs;	      /* slabs of all network namespaces; 0: unknown */
};

/*
 * Parses the text of /proc/slabinfo. Returns -ENOENT if there is no such cache, -EBADMSG if its
 * line cannot be parsed.
 */
MUST_CHECK int slab_parse(const char *text, struct slab *ret);

/* The table of another network namespace. */
struct namespace_table {
	char *where;	       /* owned; "namespace NAME" or "namespace of COMMAND (PID)" */
	int error;	       /* 0, or the negative errno of looking at it */
	struct figure entries; /* unknown: it tracks nothing */
	struct figure max;     /* as the namespace shows it; unknown: it shows none */
	/*
	 * owned; "udp_timeout 30 (here 60), ..." for values that a plan sets in each namespace;
	 * NULL: none differ
	 */
	char *differs;
	size_t differing; /* how many values differ */
	size_t unlike;	  /* how many of these the plan sets */
};

/* Counts of the plan's values by state; see struct value. */
struct table_values {
	size_t ok, differs, absent; /* values of the plan */
	size_t pending;		    /* those of `differs` that a new load of the module would set */
	bool blocked;		    /* whether something keeps the module from loading */
	uint64_t wanted_max, wanted_hashsize; /* from the plan; 0: the kernel chooses */
	bool known;			      /* whether a configuration could be read */
	bool files_differ;		      /* whether the installed files differ from the plan */
	bool all_namespaces; /* whether the plan sets values in every network namespace */
};

/* The last foreign write, of which the witness has a record. */
struct last_write {
	char *writer; /* owned; "kubelet.service (kube-proxy, PID 812)"; NULL: there is none */
	char key[WITNESS_NAME_SIZE + 1];
	char value[WITNESS_VALUE_SIZE + 1];
	char command[17];
	uint64_t wanted; /* the configured number */
	uint64_t when;	 /* microseconds since the epoch */
	bool placed;	 /* whether it was in this network namespace for certain */
	bool active;	 /* whether its value is live now */
};

struct table {
	enum module_state module;
	struct facts facts; /* ram is MemTotal to the byte */
	struct figure entries, max, buckets;
	struct figure expect_max, expect_buckets;
	/* whether another network namespace sets max, because this is a container */
	bool foreign_max;
	struct counters counters;
	struct slab slab;
	/* bytes that an entry needs besides its slab, by its settings: 0 or 128 */
	struct figure extensions;
	/* Live settings that advice depends on, in seconds. */
	struct figure tcp_syn_sent, tcp_syn_recv, tcp_established, tcp_time_wait, udp, udp_stream;
	struct full_messages messages;
	struct entry_counts *contents; /* owned; NULL: contents_error says why */
	int contents_error;
	/* timeouts that are to become shorter; set before the entries are counted */
	struct cutoffs cutoffs;
	/* not owned; what must not be advised; NULL: unknown */
	const struct relations *relations;
	struct holders *holders;  /* owned; NULL if contents is NULL, or was made without it */
	struct sample *sample;	  /* owned; of the counted entries; NULL: none was taken */
	struct turnover turnover; /* by this sample and that of an earlier look */
	struct namespace_table *namespaces; /* owned; the other namespaces */
	size_t namespace_count;
	bool namespaces_known;
	bool namespaces_cut; /* whether there are more than were looked at */
	struct table_values values;
	struct foreign_writes *foreign; /* owned; NULL: without a witness, or unreadable */
	struct last_write last_write;
	uint64_t full_in; /* seconds by the record of earlier looks; 0: nothing is foretold */
	uint64_t now;	  /* microseconds since the epoch */
	char host[65];	  /* the name of the host; "": unknown */
};
void table_done(struct table *table);

enum verdict {
	VERDICT_NOT_LOADED,    /* nothing is tracked */
	VERDICT_UNKNOWN,       /* loaded, but the figures could not be read */
	VERDICT_FULL,	       /* new connections are dropped */
	VERDICT_CHAINS,	       /* the same because chains are too long, although max is far */
	VERDICT_NEARLY_FULL,   /* over 80 % of max */
	VERDICT_NEARLY_CHAINS, /* chains are near their limit */
	VERDICT_WAS_FULL, /* not now, but counters or messages show that packets were dropped */
	VERDICT_DIFFERS,  /* not full, but a value is not as configured */
	VERDICT_UNUSED,	  /* loaded, but no namespace has an entry */
	VERDICT_UNSURE,	  /* not full here, but other network namespaces could not be read */
	VERDICT_FINE,
};

/* The verdict and what it rests on. Nothing is owned. */
struct judgement {
	enum verdict verdict;
	/*
	 * The other network namespace that VERDICT_FULL or VERDICT_NEARLY_FULL is about; NULL: this
	 * one.
	 */
	const struct namespace_table *elsewhere;
	size_t unseen;		  /* known network namespaces that could not be read */
	size_t unlike;		  /* those in which a value of the plan differs */
	bool unsure;		  /* whether there are such, or may be others */
	struct figure share;	  /* entries in tenths of a percent of max */
	struct figure per_bucket; /* entries per bucket, in hundredths */
	struct chain_limit chains;
	/* the number of entries from which chains may be too long: low / 2 x buckets */
	struct figure chain_entries;
	uint64_t entry_bytes; /* bytes of an entry with slab and extensions */
	/* whether that is measured on the slab and not assumed by release */
	bool entry_bytes_measured;
	struct figure memory_now,
		/* bytes of buckets and entries, for a full table of this namespace */
		memory_full;
	struct figure memory_full_share; /* in tenths of a percent of RAM */
	/* packets dropped because of a full table or long chains; 0 if unknown */
	uint64_t dropped;
};
void table_judge(const struct table *table, struct judgement *ret);

/*
 * Returns the most entries that the namespace may hold: the host's max, which counts for each
 * namespace separately, or a smaller one of its own, which later kernels may give it. Unknown if
 * neither is known or nothing limits the table.
 */
struct figure table_namespace_limit(const struct table *table,
				    const struct namespace_table *namespace);

/* Returns a word for JSON: "full", "chains", "nearly-full" ... */
const char *verdict_to_string(enum verdict verdict);
