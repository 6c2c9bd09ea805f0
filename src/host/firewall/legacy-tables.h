/* The tables of iptables-legacy in the network namespace that the process is in. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"
#include "host/firewall/rules-budget.h"
#include "model/users/uses.h"

/* The most bytes that one table may have; the kernel hands a table out as a whole. About 150,000 rules. */
#define LEGACY_TABLE_MAX (32U << 20)
/* How often a table is asked for, if it changes between the question for its size and that for its rules. */
#define LEGACY_TABLE_TRIES 5

/*
 * Adds what needs connection tracking to uses, one table after the other, of those that the kernel names
 * (/proc/self/net/ip_tables_names, ip6_tables_names); none is loaded by that. where is for the findings' names. -EPERM: only
 * root may; -EAGAIN: a table changed during each of LEGACY_TABLE_TRIES tries; -EFBIG: a table has more than LEGACY_TABLE_MAX
 * bytes, or as rules_budget_spend(); -ETIME; -EBADMSG; -ENOMEM.
 */
MUST_CHECK int legacy_tables_read(struct rules_budget *budget, const char *where,
				  struct uses *uses);
