/* Reads what nf_tables answers to dumps of its rule set, for what of it needs connection tracking. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#include "model/uses.h"

/* The longest name that nf_tables takes is 255 bytes (NFT_NAME_MAXLEN, linux/netfilter/nf_tables.h). */
#define NFT_READER_NAME_SIZE 257

/* What rules need: bits of the tables in uses-nft.c and of xtables_extension(). */
struct nft_needs {
	uint32_t words, extensions;
};

/*
 * Start with `struct nft_reader reader = {.uses = ..., .where = ...}`. Its size is fixed: the rules of one chain are one
 * finding, which is added to uses as soon as a message of something else comes.
 */
struct nft_reader {
	struct uses *uses;
	const char *where; /* the network namespace by name; "": the process's own */
	uint8_t family;
	char table[NFT_READER_NAME_SIZE], chain[NFT_READER_NAME_SIZE];
	unsigned int rules;
	struct nft_needs needs;
};

/*
 * Reads one message behind its netlink header: struct nfgenmsg and attributes. type is NFT_MSG_NEWCHAIN, NEWRULE, NEWSET,
 * NEWOBJ or NEWFLOWTABLE; others say nothing. -EBADMSG: attributes do not fit into each other, a name is longer than any that
 * the kernel takes, or expressions are nested deeper than the kernel nests them.
 */
MUST_CHECK int nft_reader_read(struct nft_reader *reader, uint16_t type, const void *bytes,
			       size_t size);

/* Adds the finding that is still open. */
void nft_reader_finish(struct nft_reader *reader);
