/* Lines of text as messages of nf_tables, made without the parser that they try. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * chain FAMILY TABLE NAME [TYPE]
 * rule FAMILY TABLE CHAIN EXPRESSION...
 * set FAMILY TABLE NAME EXPRESSION...
 * object FAMILY TABLE NAME NUMBER
 * flowtable FAMILY TABLE NAME
 * raw NUMBER BYTES: a message of that type (NFT_MSG_), in hexadecimal, struct nfgenmsg first
 *
 * An expression is its name alone (ct, masq ...), or one of nat=snat, nat=dnat, match=NAME,
 * target=NAME, objref=NUMBER, dynset=EXPRESSION,EXPRESSION and inner=EXPRESSION.
 */
struct nft_message {
	uint16_t type;
	unsigned char bytes[8192];
	size_t size;
};

/* -1: the line is none of these. */
int nft_message_make(const char *line, struct nft_message *ret);
