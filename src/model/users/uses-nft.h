/* Finds rules that need connection tracking in the dumps of nf_tables. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

#include "model/users/uses.h"

/* Room for a name: nf_tables accepts 255 bytes (NFT_NAME_MAXLEN, linux/netfilter/nf_tables.h). */
#define NFT_READER_NAME_SIZE 257

/*
 * Matches and targets of iptables whose module needs nf_conntrack; iptables-nft puts them into nft
 * rules.
 */
#define XTABLES_EXTENSIONS 20
extern const char *const xtables_extensions[XTABLES_EXTENSIONS];

/*
 * The needs of rules: bits of the tables in uses-nft.c and of xtables_extensions, and how often the
 * rules refer to a chain.
 */
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
 * The state of a reader, of fixed size. Start with `struct nft_reader reader = {.uses = ..., .where
 * = ...}`. The rules of one chain are one finding, which is added to uses when a message about
 * something else comes.
 */
struct nft_reader {
	struct uses *uses;
	const char *where; /* the name of the network namespace; "" for the process's own */
	struct nft_place chain;
	unsigned int rules;
	struct nft_needs needs;
	/* rules and references to chains by the counts of the chains, minus those that were read */
	int64_t missing;
	int64_t bound; /* chains that belong to a rule ("jump { ... }") */
	/*
	 * Whether the elements of the last message's set must be read too, and which set that is.
	 */
	bool wants_elements;
	struct nft_place set;
};

/*
 * Reads one message behind its netlink header: struct nfgenmsg and attributes. type is
 * NFT_MSG_NEWCHAIN, NEWRULE, NEWSET, NEWSETELEM, NEWOBJ or NEWFLOWTABLE; other types are ignored.
 * Returns -EBADMSG if attributes exceed their message, a name is longer than the kernel accepts, or
 * expressions are nested deeper than the kernel nests them.
 */
MUST_CHECK int nft_reader_read(struct nft_reader *reader, uint16_t type, const void *bytes,
			       size_t size);

/*
 * Returns whether the whole rule set was read, by the counts of its chains. This check is needed
 * because the kernel ends a dump without an error at a rule larger than 32 KiB (Linux 6.18). A
 * chain that belongs to a rule may count once more for that (measured with 6.18).
 */
bool nft_reader_is_whole(const struct nft_reader *reader);

/* Adds the finding that is still open. */
void nft_reader_finish(struct nft_reader *reader);
