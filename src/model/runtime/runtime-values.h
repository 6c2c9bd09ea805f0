/* The plan's values of the running kernel: what is wanted, what was found, and what follows from the two. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/plan/plan.h"
#include "model/runtime/module-state.h"

#define PATH_PROC	"/proc/sys/net/netfilter"
#define PATH_MODULE	"/sys/module/nf_conntrack"
#define PATH_PARAMETERS PATH_MODULE "/parameters"
/* The same number as the parameter hashsize, and readable by everybody; never written, as such writes get lost. */
#define PATH_BUCKETS PATH_PROC "/nf_conntrack_buckets"
#define PATH_ENTRIES PATH_PROC "/nf_conntrack_count"

enum value_state {
	VALUE_OK,
	VALUE_DIFFERS,
	VALUE_PENDING,	   /* nothing to compare with before the module loads, or loads again */
	VALUE_ABSENT,	   /* this kernel has no such key */
	VALUE_CANNOT_LOAD, /* nothing to compare with, and something keeps the module from loading */
	VALUE_UNREADABLE,
	VALUE_HOST, /* of another network namespace: it only shows what is the host's own */
};

enum value_kind {
	VALUE_SYSCTL,
	VALUE_HASHSIZE,	       /* a parameter of the module; rounded by the kernel */
	VALUE_EXPECT_HASHSIZE, /* rounded as well, and taken only when the module loads */
};

/* A kernel value is a number of at most 20 digits; anything longer is none. */
#define VALUE_TEXT_SIZE 24

struct value {
	enum value_kind kind;
	const struct schema_row *row;
	char key[64];  /* "net.netfilter.nf_conntrack_max", "nf_conntrack.hashsize" */
	char path[96]; /* its file, from / */
	uint64_t wanted;
	uint64_t
		rounded; /* what the kernel makes of it; the same number but for the sizes of tables */
	uint64_t
		goal; /* what is to be written now: wanted, or, while the table waits, a max that its buckets bear */
	uint64_t bytes; /* of memory, of a table's size alone */
	struct setting_source source;
	bool host; /* see values_keep_namespace() */
	bool at_least; /* a larger one is in force as well, but for a max that the kernel makes by itself: */
	uint64_t own; /* 8 times our own buckets: what the kernel makes of them; 0: unknown */
	/* Found by whoever looked: */
	int error;		    /* 0, or the negative errno of reading it; -ENOENT: not there */
	char live[VALUE_TEXT_SIZE]; /* as the kernel showed it; "" while error is not 0 */
	enum value_state state;
};

/* While the table waits for the next load, max is raised to so many entries a bucket at most. */
#define RESIZE_RATIO 4U

struct values {
	struct value *items; /* in the order of the plan: sizes first */
	size_t count;
	bool table_waits; /* hashsize must not be set while the table has its entries; see resize_waits() */
};

void values_done(struct values *values);

/* Of mode disable there are none. The rows are the schema's own. -ENOMEM. */
MUST_CHECK int values_of_plan(const struct plan *plan, struct values *ret);

/*
 * Before they are looked up in another network namespace: what is the host's own is not judged, and what is no key left out.
 * own_max: max is that namespace's own, which no kernel up to 7.2 has.
 */
void values_keep_namespace(struct values *values, bool own_max);

/* What was found at value->path; text NULL: error says why not. */
void value_found(struct value *value, const char *text, int error);

/*
 * Whether it is a number that was found, and which. Kernels up to 5.15 show a max of more than an int as a negative
 * number: -1 is 4294967295, no limit. So is a max of 0, which kernels up to 6.18 take.
 */
bool value_find_number(const struct value *value, uint64_t *ret);

/* Whether a table with so many entries has to wait for the next load. entries: UINT64_MAX if they are not known. */
bool resize_waits(enum resize resize, uint64_t entries);

/* Whether the kernel has what is wanted, by its own rounding. */
bool value_is_in_force(const struct value *value);

/* Whether nothing is left to write: the value is in force, or as near to it as the waiting table lets it come. */
bool value_is_set(const struct value *value);

/* Sets each state from what was found. blocked: something keeps the module from loading. */
void values_judge(struct values *values, enum module_state module, bool blocked);

/*
 * The indices of values that differ and can be written now, in the order in which to write them: the table grows
 * before max does and shrinks after it. ret has room for values->count; returns how many.
 */
size_t values_order(const struct values *values, size_t *ret);

/* The max that differs and would be lowered, or NULL. */
const struct value *values_find_lowered_max(const struct values *values);

/* Whether max is at least 1.25 times the entries that a namespace has already. */
bool values_leaves_room(uint64_t max, uint64_t entries);

/* How many are in this state. */
size_t values_count(const struct values *values, enum value_state state);

/* The words of the reports and of JSON. */
const char *value_state_to_string(enum value_state state);

/* Adds the names of the pending values: "hashsize", "hashsize and max". Adds nothing if there is none. */
void values_list_pending(const struct values *values, struct buffer *b);

/*
 * Why a value did not take, in words with what to do, to stand after "cannot set KEY = WANTED: ". error: negative
 * errno of the write; -EBUSY also stands for a write that the kernel took and that is not in force.
 */
void value_explain(const struct value *value, int error, struct buffer *b);
