/*
 * Walks over the other network namespaces for check and plan: compares them with a plan of
 * namespaces = all, and finds out what else plan needs of them.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "gather/owners.h"
#include "model/runtime/runtime-values.h"
#include "steps/context.h"

/* Initialize with {0}. */
struct namespaces_drift {
	size_t compared;  /* namespaces that were entered */
	size_t differing; /* those in which a value of the plan differs */
	size_t values;	  /* how many values differ in all of them */
	size_t unseen;	  /* namespaces that could not be entered */
	bool partial;	  /* there are, or may be, others that were not listed */
	/* "container web: udp_timeout 30 (wanted 45); ...": the first ones that differ */
	struct buffer names;
	/* With `entries`: the entries of all these namespaces, and of the fullest one. */
	bool entries_known;
	uint64_t entries, fullest;
	struct buffer fullest_name; /* "namespace blue" */
	bool entries_unread;	    /* the entries of some namespace are not known */
	/* With `owners`: whose the addresses of these namespaces are. */
	bool owners_known;
	struct owners owners;	    /* the first one is this host, without its addresses */
	struct owner_search search; /* what was read to find them; its owners are set on use */
};
void namespaces_drift_done(struct namespaces_drift *drift);

/* The caller says all that it needs at once, so that each namespace is entered once. */
struct namespaces_wish {
	bool values;  /* whether they have the values of the plan */
	bool entries; /* how many entries they have, for guard_foretell() */
	bool owners;  /* whose their addresses are, for foretell_cutoffs() */
};

/*
 * Enters each other network namespace once, if anything is wished. Compares the values that it has
 * of its own with `values`, those of the plan, and sets "namespaces_compared" and
 * "namespaces_differing" of the JSON object. Only root of the host can enter: others find out
 * nothing, which is reported if values should be compared. Returns EXIT_FAILED after an error,
 * which has been reported.
 */
enum exit_code compare_namespaces(struct context *context, const struct values *values,
				  const struct namespaces_wish *wish, struct namespaces_drift *ret);

/* Prints the row about namespaces that differ, and what could not be compared. */
void namespaces_drift_report(struct context *context, const struct namespaces_drift *drift);
