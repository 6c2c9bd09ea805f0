/* Counts the live entries that shorter timeouts concern, and whose they are. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "model/table/entries.h"
#include "model/table/holders.h"

/*
 * The timeouts whose entries can be told apart in a dump. Those of SCTP and DCCP depend on a state
 * that is not read; an entry of GRE keeps the timeouts that it got when it was made, and frag6 and
 * the flow tables have no entries of this table.
 */
enum cutoff_id {
	CUTOFF_TCP_SYN_SENT,
	CUTOFF_TCP_SYN_RECV,
	CUTOFF_TCP_ESTABLISHED,
	CUTOFF_TCP_FIN_WAIT,
	CUTOFF_TCP_CLOSE_WAIT,
	CUTOFF_TCP_LAST_ACK,
	CUTOFF_TCP_TIME_WAIT,
	CUTOFF_TCP_CLOSE,
	CUTOFF_UDP,
	CUTOFF_UDP_STREAM,
	CUTOFF_ICMP,
	CUTOFF_ICMPV6,
	CUTOFF_GENERIC,
	CUTOFFS,
};
/* Returns the name in [timeouts], such as "tcp_established". */
const char *cutoff_to_string(enum cutoff_id id);
/* Returns the timeout of this name in [timeouts], or CUTOFFS. */
enum cutoff_id cutoff_find(const char *name);

/*
 * One timeout that is to become shorter.
 *
 * A live entry keeps its remaining time until its next packet, which gives it the new timeout
 * (measured on Linux 6.18; nf_ct_refresh_acct(), nf_conntrack_core.c, 4.18 to 7.2). So a shorter
 * timeout ends no entry at once. What it would have cut off is known from the silence of each
 * entry: the live timeout less the remaining time.
 */
struct cutoff {
	uint32_t live, shorter; /* seconds; `shorter` is less than `live` */
	uint64_t entries;	/* entries that have this timeout */
	uint64_t silent;	/* of these, entries without a packet for longer than `shorter` */
	uint64_t unclear;	/* of these, entries whose silence cannot be computed */
	struct heavy *holders;	/* owned; who holds the silent entries */
};

/* Start with {0}, about 80 KiB for each timeout that was set. Release with cutoffs_done(). */
struct cutoffs {
	struct cutoff *items[CUTOFFS]; /* owned; NULL: this timeout does not become shorter */
	size_t count;
	/*
	 * Seconds: the smaller and the larger one of the timeouts unacknowledged and max_retrans,
	 * which replace a longer one while data is on its way. An entry with so little time may
	 * have either timeout.
	 */
	uint32_t busy_least, busy_most;
};
void cutoffs_done(struct cutoffs *cutoffs);

/* Notes that a timeout is to become shorter. -ENOMEM. */
MUST_CHECK int cutoffs_set(struct cutoffs *cutoffs, enum cutoff_id id, uint32_t live,
			   uint32_t shorter, uint64_t seed);

/* Counts the entry. holders: knows the owners of addresses. */
void cutoffs_add(struct cutoffs *cutoffs, const struct entry *entry, const struct holders *holders);

/* An owner on this host or, if `owner` is NULL, an address from elsewhere. */
struct cutoff_holder {
	const struct owner *owner; /* not owned */
	struct heavy_key address;
	uint64_t entries;
};

/*
 * Finds who holds the most silent entries, at most `most`, the largest first. holders: the ones
 * that the entries were counted with, after the owners of ports were found. Sets *ret_count.
 * -ENOMEM.
 */
MUST_CHECK int cutoff_top(const struct cutoff *cutoff, const struct holders *holders,
			  struct cutoff_holder *ret, size_t most, size_t *ret_count);

/* The most holders that are named. */
#define CUTOFF_HOLDERS 3U

/*
 * Adds "1,200 entries have this timeout; 300 of them were silent for more than 30 s: 200 of
 * container web, 60 of 192.0.2.7, 40 of others; unknown for 2 of them". hide: addresses are left
 * out. -ENOMEM.
 */
MUST_CHECK int cutoff_describe(const struct cutoff *cutoff, const struct holders *holders,
			       bool hide, struct buffer *b);
