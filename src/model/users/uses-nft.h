/* Reads what nf_tables answers to dumps of its rule set, for what of it needs connection tracking. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#include "model/users/uses.h"

/* The longest name that nf_tables takes is 255 bytes (NFT_NAME_MAXLEN, linux/netfilter/nf_tables.h). */
#define NFT_READER_NAME_SIZE 257

/* Matches and targets of iptables whose module needs nf_conntrack; iptables-nft puts them into nft rules. */
#define XTABLES_EXTENSIONS 20
extern const char *const xtables_extensions[XTABLES_EXTENSIONS];

/* What rules need: bits of the tables in uses-nft.c and of xtables_extensions; and how often they refer to a chain. */
struct nft_needs {
	uint32_t words, extensions;
	unsigned int references;
};

/* A chain, a set, an object or a flowtable. */
struct nft_place {
	uint8_t family;
	char table[NFT_READER_NAME_SIZE], name[NFT_READER_NAME_SIZE];
};

/*
 * Start with `struct nft_reader reader = {.uses = ..., .where = ...}`. Its size is fixed: the rules of one chain are one
 * finding, which is added to uses as soon as a message of something else comes.
 */
struct nft_reader {
	struct uses *uses;
	const char *where; /* the network namespace by name; "": the process's own */
	struct nft_place chain;
	unsigned int rules;
	struct nft_needs needs;
	int64_t missing; /* rules and references to chains that chains count, less those that were read */
	int64_t bound; /* chains that belong to a rule ("jump { ... }") */
	/* Whether the set of the last message has elements that are to be read as well, and which set that is. */
	bool wants_elements;
	struct nft_place set;
};

/*
 * Reads one message behind its netlink header: struct nfgenmsg and attributes. type is NFT_MSG_NEWCHAIN, NEWRULE, NEWSET,
 * NEWSETELEM,
 * NEWOBJ or NEWFLOWTABLE; others say nothing. -EBADMSG: attributes do not fit into each other, a name is longer than any that
 * the kernel takes, or expressions are nested deeper than the kernel nests them.
 */
MUST_CHECK int nft_reader_read(struct nft_reader *reader, uint16_t type, const void *bytes,
			       size_t size);

/*
 * Whether all of a rule set was read, by the counts of its chains. The kernel ends a dump without a word at a rule that does not
 * fit into 32 KiB (Linux 6.18), so that this sum alone shows that there is more. A chain that belongs to a rule counts
 * once more for that (measured with 6.18), or does not.
 */
bool nft_reader_is_whole(const struct nft_reader *reader);

/* Adds the finding that is still open. */
void nft_reader_finish(struct nft_reader *reader);
