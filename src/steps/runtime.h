/* The running kernel beside the plan: the module's state, the values, what would keep it from loading. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/runtime/runtime-values.h"
#include "steps/comparison.h"

struct runtime {
	enum module_state module;
	bool blocked;	/* something keeps it from loading */
	bool unwanted;	/* mode = disable, and it is loaded */
	bool elsewhere; /* of another network namespace */
	struct values values;
	uint64_t
		entries; /* of the whole table, if hashsize is not as configured; UINT64_MAX: not known */
};
void runtime_done(struct runtime *live);

/* Looks without reporting anything. Returns whether nf_conntrack is there and the plan has values for it. */
bool runtime_peek(struct context *context, const struct comparison *comparison,
		  struct runtime *ret);

/* What a value's being UNREADABLE, or the module's state, says is reported as an error: EXIT_FAILED. */
enum exit_code runtime_observe(struct context *context, const struct comparison *comparison,
			       struct runtime *ret);

/* Also waits, a minute at most, while the module is on its way in or out. */
enum exit_code runtime_observe_settled(struct context *context, const struct comparison *comparison,
				       struct runtime *ret);

/* Of the network namespace that was entered: what it has no value of its own for is VALUE_HOST, or left out. */
enum exit_code runtime_observe_namespace(struct context *context,
					 const struct comparison *comparison, struct runtime *ret);

/* Warns before harm: lines that hide or block the module, sizes that cannot be had, namespaces that multiply max. */
enum exit_code preflight_run(struct context *context, const struct comparison *comparison,
			     struct runtime *live);

/* Without a word, of a module that is absent: what keeps it from loading is live->blocked. What fails is not known. */
void preflight_judge_loading(const struct context *context, const struct comparison *comparison,
			     struct runtime *live);

/* Both, as far as this run looks: an image is judged by its files alone, with --no-live nothing is. */
enum exit_code runtime_look(struct context *context, const struct comparison *comparison,
			    struct runtime *live);

enum runtime_detail {
	LIVE_STATES, /* how each is */
	LIVE_PLAN,   /* and what to put on the kernel command line */
};

/*
 * Reports the values, those in order by their number unless --verbose. Returns whether something differs, or keeps the
 * module from loading.
 */
bool runtime_report(struct context *context, const struct comparison *comparison,
		    const struct runtime *live, enum runtime_detail detail);

/* Whether a value differs, or the module is not where the configuration wants it. */
bool runtime_differs(const struct runtime *live);

/* Whether nf_conntrack is not there, and something keeps it from loading: no verb puts that right. */
bool runtime_cannot_load(const struct runtime *live);

/* The verdict where that is all there is. */
void runtime_say_cannot_load(struct context *context);
/* The files are in order, and live->unwanted. */
void runtime_say_unwanted(struct context *context);

/* "drift", "pending" or "in-order", of files and values together. */
void runtime_report_state(struct context *context, bool differs, const struct runtime *live);

/*
 * Whether this process may set it, as the kernel shows what is the host's own: only to be read, or, the buckets, by another
 * key that is not there.
 */
bool runtime_is_in_reach(const struct context *context, const struct value *value);

/* Whether this run looks at the running kernel at all. */
bool runtime_is_wanted(const struct context *context);
