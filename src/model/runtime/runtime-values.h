/* The plan's values in the running kernel: configured, live, and the state that follows. */
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
/*
 * PATH_BUCKETS shows the same number as the parameter hashsize, and everybody can read it. It is
 * never written, because a write to it can get lost while another process reads it.
 */
#define PATH_BUCKETS PATH_PROC "/nf_conntrack_buckets"
#define PATH_ENTRIES PATH_PROC "/nf_conntrack_count"

enum value_state {
	VALUE_OK,
	VALUE_DIFFERS,
	/* the value cannot be compared before the module loads, or loads again */
	VALUE_PENDING,
	VALUE_ABSENT, /* this kernel has no such key */
	/* the value cannot be compared, and something keeps the module from loading */
	VALUE_CANNOT_LOAD,
	VALUE_UNREADABLE,
	VALUE_HOST, /* a key that, in another network namespace, shows the host's value */
};

enum value_kind {
	VALUE_SYSCTL,
	VALUE_HASHSIZE,	       /* a parameter of the module; the kernel rounds it */
	VALUE_EXPECT_HASHSIZE, /* rounded as well, and read only when the module loads */
	VALUE_INHERITED,       /* a parameter that each new network namespace begins with */
};

/*
 * The size of a live value's text. The kernel shows a number of at most 20 digits; anything longer
 * is not a value.
 */
#define VALUE_TEXT_SIZE 24

struct value {
	enum value_kind kind;
	const struct schema_row *row;
	char key[64];  /* "net.netfilter.nf_conntrack_max", "nf_conntrack.hashsize" */
	char path[96]; /* absolute path of the file that shows it */
	uint64_t wanted;
	/* the number that the kernel makes of `wanted`; differs from it only for sizes of tables */
	uint64_t rounded;
	/*
	 * the number to write now: `wanted`, or a smaller max that the present buckets allow while
	 * the table waits
	 */
	uint64_t goal;
	uint64_t bytes; /* bytes that the table takes; 0 for other values */
	struct setting_source source;
	bool host; /* see values_keep_namespace() */
	/* whether a larger live value is active too, unless the kernel computed it by itself */
	bool at_least;
	/* the max that the kernel computes from our buckets (8 times as many); 0: unknown */
	uint64_t own;
	/* Set by value_found(): */
	/* 0, or the negative errno of reading the file; -ENOENT: there is no such key */
	int error;
	char live[VALUE_TEXT_SIZE]; /* the text that the kernel showed; "" if error is not 0 */
	enum value_state state;
};

/* While the table waits for the next load, max is raised to at most so many entries per bucket. */
#define RESIZE_RATIO 4U

struct values {
	struct value *items; /* owned; in the order of the plan: sizes first */
	size_t count;
	/* whether hashsize must not be set while the table has its entries; see resize_waits() */
	bool table_waits;
};

void values_done(struct values *values);

/*
 * Makes the values of a plan, none for mode disable. The rows point into the schema. Release with
 * values_done(). Returns -ENOMEM.
 */
MUST_CHECK int values_of_plan(const struct plan *plan, struct values *ret);

/*
 * Makes a value for each setting that the kernel has, whether it is configured or not; only its
 * names are meant. Release with values_done(). Returns -ENOMEM.
 */
MUST_CHECK int values_of_schema(struct values *ret);

/*
 * Prepares the values for another network namespace: module parameters are removed, and keys that
 * only show the host's value will get the state VALUE_HOST. own_max: whether max is that
 * namespace's own, which is true for no kernel up to 7.2.
 */
void values_keep_namespace(struct values *values, bool own_max);

/*
 * Removes the values of kind VALUE_INHERITED, because the first version, which installed the files,
 * did not set them.
 */
void values_leave_inherited(struct values *values);

/*
 * Sets the live value. text is the content of value->path, or NULL if it could not be read; then
 * error is the negative errno.
 */
void value_found(struct value *value, const char *text, int error);

/*
 * Returns whether the live value is a number, and sets *ret to it. Kernels up to 5.15 show a max
 * above INT_MAX as a negative number: -1 is 4294967295, which means no limit. A max of 0, which
 * kernels up to 6.18 accept, means no limit too.
 */
bool value_find_number(const struct value *value, uint64_t *ret);

/*
 * Returns whether a resize of the table must wait for the next load. entries: UINT64_MAX if
 * unknown.
 */
bool resize_waits(enum resize resize, uint64_t entries);

/* Returns whether the live value is the configured one, after the kernel's rounding. */
bool value_is_in_force(const struct value *value);

/*
 * Returns whether there is nothing left to write: the value is active, or as near to it as possible
 * while the table waits.
 */
bool value_is_set(const struct value *value);

/* Sets the state of each value. blocked: whether something keeps the module from loading. */
void values_judge(struct values *values, enum module_state module, bool blocked);

/*
 * Lists the indexes of values that differ and can be written now, in the order in which to write
 * them: the table grows before max does, and shrinks after it. ret must have room for
 * values->count. Returns how many there are.
 */
size_t values_order(const struct values *values, size_t *ret);

/* Returns the max if it differs and would be lowered, or NULL. */
const struct value *values_find_lowered_max(const struct values *values);

/* Returns whether max is at least 1.25 times the entries that a namespace has now. */
bool values_leaves_room(uint64_t max, uint64_t entries);

/* Returns how many values have this state. */
size_t values_count(const struct values *values, enum value_state state);

/* Returns the word for reports and JSON. */
const char *value_state_to_string(enum value_state state);

/*
 * Adds the names of the pending values: "hashsize", "hashsize and max"; adds nothing if there is
 * none.
 */
void values_list_pending(const struct values *values, struct buffer *b);

/*
 * Adds why the value could not be set and what to do, to follow "cannot set KEY = WANTED: ". error:
 * the negative errno of the write, or -EBUSY if the kernel accepted the write but the value is not
 * active.
 */
void value_explain(const struct value *value, int error, struct buffer *b);
