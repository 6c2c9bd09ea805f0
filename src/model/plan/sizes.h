/* The arithmetic of the table: the kernel's defaults and rounding, memory, and the automatic sizes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/plan/facts.h"

/* Where a page or word size is not known: those of most machines. */
#define PAGE_SIZE_USUAL 4096U
#define WORD_SIZE_USUAL 8U

/* The bounds of `max = auto`. */
#define AUTO_MAX_LARGEST   1048576U
#define AUTO_SHARE_PERCENT 2U

/* Over this many entries a bucket: a warning; over the second: refused. The kernel gives 8 if only hashsize is set. */
#define RATIO_WARN   4U
#define RATIO_REFUSE 8U

/* Fewer entries than this, or this many buckets an entry, are warned of. */
#define MAX_FEW	     1000U
#define BUCKETS_MANY 8U

/*
 * What an entry takes beside its slab if NAT translates it, or if acct, timestamp or events = 1 keep something with it: one block
 * holds all of these, and has 128 bytes at least (nf_ct_ext_add(), nf_conntrack_extend.c, 5.10 to 7.2).
 */
#define ENTRY_EXTENSION_BYTES 128U

struct table_sizes {
	uint64_t hashsize;	  /* buckets, as the kernel rounds them */
	uint64_t max;		  /* entries */
	uint64_t expect_hashsize; /* buckets, rounded */
	uint64_t expect_max;	  /* entries */
};

/* Whether the kernel is older than a release; an unknown one counts as new. */
bool facts_before(const struct facts *facts, unsigned int major, unsigned int minor);

/*
 * Returns the buckets up to a multiple of what fits one page, as nf_ct_alloc_hashtable() does (nf_conntrack_core.c, 4.18 to
 * 7.2). A bucket is one pointer of the kernel, struct hlist_nulls_head: on i686 6.1 125300 buckets become 125952 (measured).
 * 0 counts as PAGE_SIZE_USUAL and WORD_SIZE_USUAL.
 */
uint64_t sizes_round_buckets(uint64_t buckets, unsigned long page_size, unsigned int word_size);

/* The max that the kernel makes by itself of so many buckets, where modprobe was told how many. */
uint64_t sizes_own_max(uint64_t buckets);

/*
 * What nf_conntrack takes at load with these module options (0: not given), nf_conntrack_init_start() of 4.18 to 7.2.
 * facts->ram is MemTotal to the byte for the exact figures.
 */
void sizes_of_kernel(const struct facts *facts, uint64_t hashsize, uint64_t expect_hashsize,
		     struct table_sizes *ret);

/*
 * Bytes an entry takes in its slab: 4096 / objects per slab of struct nf_conn without extensions. On 64 bit 256 from 6.1 on,
 * 342 before (measured on Debian's 5.10, 6.1, 6.12 and 7.2); on 32 bit 384 (Debian's 6.1 686-pae).
 */
uint64_t sizes_entry_bytes(const struct facts *facts);

/* Bytes of an array of so many buckets, which is not rounded; UINT64_MAX if that would overflow. */
uint64_t sizes_array_bytes(uint64_t buckets, unsigned int word_size);

/* Bytes of an array of so many buckets, once rounded; UINT64_MAX if that would overflow. */
uint64_t sizes_bucket_bytes(uint64_t buckets, unsigned long page_size, unsigned int word_size);

/* Entries and rounded buckets of a full table; UINT64_MAX where it would overflow. */
uint64_t sizes_table_bytes(const struct facts *facts, uint64_t max, uint64_t hashsize);

/* RAM up to a multiple of 256 MiB, so that what firmware and kernel keep for themselves changes no plan. */
uint64_t sizes_round_ram(uint64_t ram);

/* 0 to 100 percent of an amount, exact to the byte. */
uint64_t sizes_share(uint64_t bytes, uint64_t percent);

/* The fewest entries for which max is too small to be lowered to: it must be at least 1.25 times the entries. */
uint64_t sizes_crowding_entries(uint64_t max);

/*
 * `max = auto`: the largest power of two whose full table (with as many buckets) takes at most 2 % of the rounded RAM and
 * at most limit bytes; never under the kernel's own default, never over AUTO_MAX_LARGEST. facts->ram is not 0.
 */
uint64_t sizes_auto_max(const struct facts *facts, uint64_t limit);
