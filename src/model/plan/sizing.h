/* Computes sizes of the table from the number of connections that a host expects. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "model/config/config.h"
#include "model/plan/facts.h"

/* The largest numbers that the calculator takes. */
#define CONNECTIONS_MAX	   1000000000U
#define NEW_PER_SECOND_MAX 100000000U

/* How many times the expected entries max is, so that half of the table stays free at the peak. */
#define SIZING_FACTOR 2U

/*
 * Sizes are powers of two up to this number and multiples of it above, so that the kernel need not
 * round the buckets for any page size.
 */
#define SIZING_STEP 65536U

/* The most entries for which SIZING_FACTOR x entries, rounded up, is still a max of the kernel. */
#define SIZING_ENTRIES_MAX ((2147483647U / SIZING_STEP * SIZING_STEP) / SIZING_FACTOR)

/* Percent of RAM up to which a larger memory_limit is proposed for this host. */
#define SIZING_SHARE_MAX 50U

/* Whether a full table fits in the memory of the host. */
enum sizing_fit {
	SIZING_RAM_UNKNOWN, /* memory_limit is a share of RAM, and the RAM is unknown */
	SIZING_FITS,
	SIZING_NEEDS_LIMIT, /* only with a larger memory_limit, see struct sizing */
	SIZING_NEEDS_RAM,   /* it would take more than SIZING_SHARE_MAX percent of the RAM */
};

struct sizing_request {
	const struct config *config; /* memory_limit and timeouts count */
	const struct facts *facts;
	uint64_t connections, new_per_second;
};

struct sizing {
	uint64_t connections, new_per_second;
	/* how long the entry of a closed connection stays: the longest of the three timeouts */
	uint64_t closed_seconds;
	uint64_t closed;  /* entries of closed connections */
	uint64_t entries; /* at the peak, all together */
	uint64_t max, hashsize;
	bool is_default;	/* whether max is the kernel's own default, which is enough */
	uint64_t chain_entries; /* entries from which chains may be too long; 0: no limit */
	/* bytes of a full table; the buckets for expected connections are included if configured */
	uint64_t memory;
	uint64_t entry_memory; /* bytes of max entries alone: what a further namespace takes */
	uint64_t nat_memory;   /* bytes that it takes besides if NAT translates every entry */
	uint64_t ram;	       /* bytes; 0: unknown */
	enum sizing_fit fit;
	uint64_t limit; /* bytes that memory_limit allows; 0: unknown, like the RAM */
	/* the memory_limit that the lines set: percent of RAM, or MiB; 0: they do not set it */
	uint64_t limit_percent, limit_mib;
	/* bytes of RAM with which memory_limit as it is, or 25 % if it is bytes, is enough */
	uint64_t ram_needed;
	/* the timeouts that matter, in seconds: as configured, or else the kernel's defaults */
	uint64_t established, time_wait, udp, udp_stream;
};

/* Computes the sizes. Returns -ERANGE if there are more than SIZING_ENTRIES_MAX entries. */
MUST_CHECK int sizing_compute(const struct sizing_request *request, struct sizing *ret);

/* Adds the lines of the INI file that set these sizes. */
void sizing_add_ini(const struct sizing *sizing, struct buffer *b);

/*
 * Returns the entries that pile up if 1 percent of the new connections keep their entry for this
 * many seconds, because the host never sees their end.
 */
uint64_t sizing_unclosed(const struct sizing *sizing, uint64_t seconds);
