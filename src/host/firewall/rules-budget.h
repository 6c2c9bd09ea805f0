/* Bounds the bytes and the time of reading the rules of others. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * The reading is bounded, because anybody may have a network namespace, fill it with rules, and
 * change them all the time. 64 MiB are 200,000 rules of the usual size; a message of nf_tables has
 * 20 bytes at least, so that the bytes bound the number of rules, too. The kernel walks a chain
 * from its begin for each 32 KiB of a dump: 100,000 rules in one chain take it 1.3 seconds (Linux
 * 6.18), 50,000 a fifth of that. The whole program may take 3 seconds.
 */
#define RULES_BYTES_MAX		      (64U << 20) /* of one namespace, all repeats together */
#define RULES_BYTES_OF_ALL_MAX	      (256U << 20)
#define RULES_MILLISECONDS_MAX	      1800 /* of a processor, for one namespace */
#define RULES_MILLISECONDS_OF_ALL_MAX 2300 /* of a processor */
#define RULES_WAIT_MAX		      30   /* seconds of the clock, for all namespaces */

struct rules_budget {
	size_t bytes;		  /* that are left */
	uint64_t processor_until; /* nanoseconds of this process's processor time */
	uint64_t clock_until;	  /* nanoseconds of the monotonic clock */
};

/* Returns the budget of all namespaces together, from now on. */
void rules_budget_start(struct rules_budget *ret);

/* Returns the budget of one namespace, from now on, which is no more than all have left. */
struct rules_budget rules_budget_of_one(const struct rules_budget *all);

/* Spends bytes of the budget. -EFBIG: more bytes than are left; -ETIME: no time is left. */
MUST_CHECK int rules_budget_spend(struct rules_budget *budget, size_t bytes);
