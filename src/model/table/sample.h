/* Keeps a sample of the entries of one look, by which the next look knows which are new. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/table/entries.h"

/* The most entries in a sample: 128 KiB for any size of the table. */
#define SAMPLE_MOST 16384U
/* No table needs a higher level: that would be 2^40 times as many entries as a sample has. */
#define SAMPLE_LEVEL_MOST 40U
/* The most entries that a record has, and its most bytes: a line of 17 bytes for each. */
#define SAMPLE_RECORD_MOST 8192U
#define SAMPLE_RECORD_SIZE (SAMPLE_RECORD_MOST * 17U + 256U)

/*
 * Each entry has a hash, and an entry is in the sample if its hash is below 2^(64 - level), so that
 * two looks choose the same entries. The level begins with 0, which is every entry, and rises when
 * the sample is full: each level halves the share of the entries that are in it.
 *
 * The hash is made of the entry's original direction and of the id that ctnetlink gives each entry.
 * The kernel makes the id of the entry's place in memory, its addresses and its ports, so that it
 * stays for the entry's life (nf_ct_get_id(), nf_conntrack_core.c, since 5.1; before, it was the
 * place alone). The kernel's file has no id.
 */
struct sample {
	uint64_t when; /* microseconds since the epoch; 0: no look yet */
	uint64_t seed; /* of the hash; unknown to whoever chooses addresses and ports */
	unsigned int level;
	bool has_ids;  /* whether the entries had ids */
	bool recorded; /* read from a record, which may be that of another namespace's table */
	bool broken;   /* the level cannot rise any more; nothing can be told by this sample */
	size_t count;
	uint64_t hashes[SAMPLE_MOST]; /* ascending, each once, behind sample_finish() */
};

/* Makes an empty sample, which the caller must free(). Returns -ENOMEM. */
MUST_CHECK int sample_new(uint64_t seed, struct sample **ret);

void sample_add(struct sample *sample, const struct entry *entry);

/* Orders the hashes. An entry that a dump had twice counts once from then on. */
void sample_finish(struct sample *sample);

/* Returns how many hashes of a finished sample are in the sample of a level that is not lower. */
size_t sample_count_at(const struct sample *sample, unsigned int level);

/*
 * Adds a finished sample as text, which sample_parse() reads: a line for the version of the format,
 * lines for the boot, the time and the rest, and a line for each hash. At most SAMPLE_RECORD_MOST
 * hashes are written, by a higher level if needed. boot: one word that is another one after the
 * next boot.
 */
void sample_print(const struct sample *sample, const char *boot, struct buffer *b);

/*
 * Reads a record into a new sample, which the caller must free(). -EBADMSG: this is no record of
 * this version, or it is not complete; -ESTALE: it is of another boot; -ENOMEM.
 */
MUST_CHECK int sample_parse(const char *text, const char *boot, struct sample **ret);
