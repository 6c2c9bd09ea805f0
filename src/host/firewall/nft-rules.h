/* Reads the nft rules of the network namespace that the process is in. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"
#include "host/firewall/rules-budget.h"
#include "host/netfilter.h"
#include "model/users/uses.h"

/*
 * How often a rule set is read from its begin before it is given up, because it changed each time.
 */
#define NFT_RULES_TRIES 5

/*
 * Adds the rules that need connection tracking to uses, message by message, so that the memory does
 * not grow with the rules. where: for the names of the findings. The question loads nf_tables, so
 * ask only if it is loaded; a kernel without it has no such rules. Findings before a failure are
 * added, too. -EAGAIN: the rules changed during each of NFT_RULES_TRIES tries; -EMSGSIZE: the
 * kernel has more rules than it hands out; -EFBIG, -ETIME: as rules_budget_spend(); -EPERM: only
 * root may read rules; -EBADMSG: as nft_reader_read(); others as netfilter_ask().
 */
MUST_CHECK int nft_rules_read(const struct netfilter *netfilter, struct rules_budget *budget,
			      const char *where, struct uses *uses);
