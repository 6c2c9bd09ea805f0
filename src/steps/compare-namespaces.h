/* Compares the other network namespaces with a plan of namespaces = all, for check and plan. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
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
};
void namespaces_drift_done(struct namespaces_drift *drift);

/*
 * Enters each other network namespace once and compares the values that it has of its own with
 * `values`, those of the plan. Only root of the host can do so: for others the list stays empty,
 * and that is reported. Sets "namespaces_compared" and "namespaces_differing" of the JSON object.
 * Returns EXIT_FAILED after an error, which has been reported.
 */
enum exit_code compare_namespaces(struct context *context, const struct values *values,
				  struct namespaces_drift *ret);

/* Prints the row about namespaces that differ, and what could not be compared. */
void namespaces_drift_report(struct context *context, const struct namespaces_drift *drift);
