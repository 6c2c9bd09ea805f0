/* The arithmetic of the table: the kernel's defaults and rounding, memory, automatic sizes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/plan/facts.h"
#include "model/plan/setting.h"

/* The page and word size of most machines, used if the real ones are unknown. */
#define PAGE_SIZE_USUAL 4096U
#define WORD_SIZE_USUAL 8U

/* Percent of RAM; the fallback of memory_limit in model/config/schema.c. */
#define MEMORY_SHARE_USUAL 25U

/* The upper bounds of `max = auto`: entries, and percent of RAM. */
#define AUTO_MAX_LARGEST   1048576U
#define AUTO_SHARE_PERCENT 2U

/*
 * Entries per bucket: more than the first number is a warning, more than the second is refused. The
 * kernel chooses 8 if only hashsize is set.
 */
#define RATIO_WARN   4U
#define RATIO_REFUSE 8U

/* Fewer entries than MAX_FEW, or more than BUCKETS_MANY buckets for each entry, are a warning. */
#define MAX_FEW	     1000U
#define BUCKETS_MANY 8U

/*
 * The bytes that an entry needs besides its slab object if NAT translates it, or if acct, timestamp
 * or events = 1 store data with it. One block of at least 128 bytes holds all of these
 * (nf_ct_ext_add(), nf_conntrack_extend.c, 5.10 to 7.2).
 */
#define ENTRY_EXTENSION_BYTES 128U

struct table_sizes {
	uint64_t hashsize;	  /* buckets, as rounded by the kernel */
	uint64_t max;		  /* entries */
	uint64_t expect_hashsize; /* buckets, rounded */
	uint64_t expect_max;	  /* entries */
};

/*
 * Copies the record of sizes: the first four members; from->inputs must not be NULL. If that fails
 * with -ENOMEM, `to` is unchanged.
 */
MUST_CHECK int sizes_copy(const struct sizes *from, struct sizes *to);

/* Returns whether the kernel is older than the release. False if its release is unknown. */
bool facts_before(const struct facts *facts, unsigned int major, unsigned int minor);

/*
 * Returns the buckets rounded up to whole pages, as nf_ct_alloc_hashtable() does
 * (nf_conntrack_core.c, 4.18 to 7.2). A bucket is one pointer of the kernel (struct
 * hlist_nulls_head): on i686 6.1, 125,300 buckets become 125,952 (measured). A size of 0 counts as
 * PAGE_SIZE_USUAL or WORD_SIZE_USUAL.
 */
uint64_t sizes_round_buckets(uint64_t buckets, unsigned long page_size, unsigned int word_size);

/* Returns the max that the kernel sets by itself if the module is loaded with this many buckets. */
uint64_t sizes_own_max(uint64_t buckets);

/*
 * Computes the sizes that nf_conntrack chooses at load with these module options (0: not given), as
 * nf_conntrack_init_start() of 4.18 to 7.2 does. The figures are exact if facts->ram is MemTotal to
 * the byte.
 */
void sizes_of_kernel(const struct facts *facts, uint64_t hashsize, uint64_t expect_hashsize,
		     struct table_sizes *ret);

/*
 * Returns the bytes of an entry in its slab: 4096 / objects per slab of struct nf_conn without
 * extensions. 256 on 64 bits from 6.1 on, 342 before (measured on Debian's 5.10, 6.1, 6.12 and
 * 7.2); 384 on 32 bits (Debian's 6.1 686-pae).
 */
uint64_t sizes_entry_bytes(const struct facts *facts);

/*
 * The limit on the length of a chain, above which the kernel refuses an entry, whatever max is: a
 * random number between low and high for each entry (MIN_CHAINLEN, MAX_CHAINLEN in
 * nf_conntrack_core.c). No limit before 5.15; 8 to 31 at first; 50 to 79 from 6.3 on and in the
 * stable kernels of March 2023. Their release does not show that, so that the limit of these is low
 * 8 and high 79.
 */
struct chain_limit {
	unsigned int low, high; /* 0: no limit */
};
struct chain_limit sizes_chain_limit(const struct facts *facts);

/*
 * Returns the number of entries from which chains may be too long, because every entry is in two
 * chains, one for each direction.
 */
uint64_t sizes_chain_entries(struct chain_limit limit, uint64_t buckets);

/* Returns the bytes of an array of buckets without rounding, or UINT64_MAX if that overflows. */
uint64_t sizes_array_bytes(uint64_t buckets, unsigned int word_size);

/* Returns the bytes of an array of buckets after rounding, or UINT64_MAX if that overflows. */
uint64_t sizes_bucket_bytes(uint64_t buckets, unsigned long page_size, unsigned int word_size);

/*
 * Returns the bytes of a full table, entries and rounded buckets, or UINT64_MAX if that overflows.
 */
uint64_t sizes_table_bytes(const struct facts *facts, uint64_t max, uint64_t hashsize);

/*
 * Rounds RAM up to a multiple of 256 MiB, so that a change in the memory that firmware and kernel
 * reserve does not change the plan.
 */
uint64_t sizes_round_ram(uint64_t ram);

/* Returns 0 to 100 percent of an amount, exact to the byte. */
uint64_t sizes_share(uint64_t bytes, uint64_t percent);

/*
 * Returns the fewest entries with which max may not be lowered to this number, because max must be
 * at least 1.25 times the entries.
 */
uint64_t sizes_crowding_entries(uint64_t max);

/*
 * Returns the entries of `max = auto`: the largest power of two, at most AUTO_MAX_LARGEST, whose
 * full table with as many buckets takes at most AUTO_SHARE_PERCENT of the rounded RAM and at most
 * `limit` bytes, but never less than the kernel's own default. facts->ram must not be 0.
 */
uint64_t sizes_auto_max(const struct facts *facts, uint64_t limit);
