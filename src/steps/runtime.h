/*
 * Observes the running kernel for the plan (state of the module, values, what keeps the module from
 * loading) and reports it.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/runtime/runtime-values.h"
#include "steps/compare-namespaces.h"
#include "steps/comparison.h"

struct runtime {
	enum module_state module;
	bool blocked;	/* something keeps nf_conntrack from loading */
	bool unwanted;	/* mode = disable, and nf_conntrack is loaded */
	bool elsewhere; /* the values are those of another network namespace */
	struct values values;
	/* runtime_look() fills this with what it found out of the other network namespaces */
	struct namespaces_drift others;
	/* all namespaces together, counted if hashsize is not as configured; UINT64_MAX: unknown */
	uint64_t entries;
};
void runtime_done(struct runtime *runtime);

/*
 * Gives the state of nf_conntrack. Returns EXIT_FAILED, reported, if the module's files could not
 * be read.
 */
enum exit_code runtime_find_module(struct context *context, enum module_state *ret);

/*
 * Observes without a report. Returns whether nf_conntrack is loaded and the plan has values for it.
 * The caller owns *ret.
 */
bool runtime_peek(struct context *context, const struct comparison *comparison,
		  struct runtime *ret);

/*
 * Observes the kernel. Returns EXIT_FAILED, reported, if a value or the module's state could not be
 * read. The caller owns *ret.
 */
enum exit_code runtime_observe(struct context *context, const struct comparison *comparison,
			       struct runtime *ret);

/* Does the same after the module has finished loading or unloading; waits at most a minute. */
enum exit_code runtime_observe_settled(struct context *context, const struct comparison *comparison,
				       struct runtime *ret);

/*
 * Does the same in the network namespace that this process has entered: a value that the namespace
 * does not have of its own gets VALUE_HOST or is left out. `module` is the state that was observed
 * in the process's own namespace, so that a run over many namespaces reads it only once.
 */
enum exit_code runtime_observe_namespace(struct context *context,
					 const struct comparison *comparison,
					 enum module_state module, struct runtime *ret);

/*
 * Warns before harm is done: lines that hide or block the module, sizes that the memory cannot
 * hold, namespaces that multiply max. Returns EXIT_FAILED after an error, which has been reported.
 */
enum exit_code preflight_run(struct context *context, const struct comparison *comparison,
			     struct runtime *runtime);

/*
 * Sets runtime->blocked if the module is absent and something keeps it from loading, without a
 * message about it. Returns EXIT_FAILED after an error, which has been reported.
 */
enum exit_code preflight_judge_loading(struct context *context, const struct comparison *comparison,
				       struct runtime *runtime);

/*
 * runtime_look() compares the other network namespaces with a plan that sets values in all of them.
 * For the verb plan it also finds out what a lower max and shorter timeouts would do there.
 */
enum namespaces_use { NAMESPACES_COMPARED, NAMESPACES_FORETOLD };

/*
 * Runs runtime_observe_settled() and preflight_run() as far as the options of this run allow: for
 * an image only its files are checked, with --no-live nothing is.
 */
enum exit_code runtime_look(struct context *context, const struct comparison *comparison,
			    enum namespaces_use use, struct runtime *runtime);

enum runtime_detail {
	LIVE_STATES, /* the state of each value */
	LIVE_PLAN,   /* also what to put on the kernel command line */
};

/*
 * Reports the values; without --verbose, those that are active are only counted. Returns whether a
 * value differs or something keeps the module from loading.
 */
bool runtime_report(struct context *context, const struct comparison *comparison,
		    const struct runtime *runtime, enum runtime_detail detail);

/*
 * Returns whether a value differs, or whether the module is loaded or absent against the
 * configuration.
 */
bool runtime_differs(const struct runtime *runtime);

/*
 * Returns whether nf_conntrack is absent and something keeps it from loading, which no verb can
 * correct.
 */
bool runtime_cannot_load(const struct runtime *runtime);

/* Prints the verdict "cannot load" if there is nothing else to report. */
void runtime_say_cannot_load(struct context *context);
/* Prints that the files are in order but nf_conntrack is loaded in mode disable. */
void runtime_say_unwanted(struct context *context);

/*
 * Sets "state" of the JSON object for files and values together: "drift", "pending" or "in-order".
 */
void runtime_report_state(struct context *context, bool differs, const struct runtime *runtime);

/*
 * Returns whether this process may set the value. In a container the kernel shows values of the
 * host read-only, and buckets can only be set with a key that the container does not have.
 */
bool runtime_is_in_reach(const struct context *context, const struct value *value);

/* Returns whether the options let this run look at the running kernel. */
bool runtime_is_wanted(const struct context *context);
