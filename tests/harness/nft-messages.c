/* Lines of text as messages of nf_tables, made without the parser that they try. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "harness/nft-messages.h"

#include <arpa/inet.h>
#include <assert.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Attributes that the headers of older kernels lack. */
#define SET_EXPR	   17
#define SET_EXPRESSIONS	   18
#define DYNSET_EXPRESSIONS 10

static size_t begin(struct nft_message *message, uint16_t type)
{
	size_t at = message->size;

	assert(at + 4 <= sizeof(message->bytes));
	memset(message->bytes + at, 0, 4);
	memcpy(message->bytes + at + 2, &type, sizeof(type));
	message->size += 4;
	return at;
}

static void put(struct nft_message *message, const void *bytes, size_t size)
{
	assert(message->size + size <= sizeof(message->bytes));
	memcpy(message->bytes + message->size, bytes, size);
	message->size += size;
}

static void end(struct nft_message *message, size_t at)
{
	uint16_t size = (uint16_t)(message->size - at);

	memcpy(message->bytes + at, &size, sizeof(size));
	put(message, "\0\0\0", -message->size & 3);
}

/* The name is sent with its NUL, as the kernel does. */
static void put_text(struct nft_message *message, uint16_t type, const char *text)
{
	size_t at = begin(message, type);

	put(message, text, strlen(text) + 1);
	end(message, at);
}

static void put_number(struct nft_message *message, uint16_t type, const char *text)
{
	uint32_t number = htonl((uint32_t)strtoul(text, NULL, 0));
	size_t at = begin(message, type);

	put(message, &number, sizeof(number));
	end(message, at);
}

static void put_expression(struct nft_message *message, uint16_t type, const char *text);

static void put_list(struct nft_message *message, uint16_t type, const char *text,
		     const char *separators)
{
	char copy[4096], *rest = NULL, *word;
	size_t at = begin(message, type);

	(void)snprintf(copy, sizeof(copy), "%s", text);
	for (word = strtok_r(copy, separators, &rest); word;
	     word = strtok_r(NULL, separators, &rest))
		put_expression(message, NFTA_LIST_ELEM, word);
	end(message, at);
}

static void put_data(struct nft_message *message, const char *name, const char *value)
{
	if (strcmp(name, "nat") == 0)
		put_number(message, NFTA_NAT_TYPE, strcmp(value, "dnat") == 0 ? "1" : "0");
	else if (strcmp(name, "match") == 0)
		put_text(message, NFTA_MATCH_NAME, value);
	else if (strcmp(name, "target") == 0)
		put_text(message, NFTA_TARGET_NAME, value);
	else if (strcmp(name, "objref") == 0)
		put_number(message, NFTA_OBJREF_IMM_TYPE, value);
	else if (strcmp(name, "dynset") == 0 && strchr(value, ','))
		put_list(message, DYNSET_EXPRESSIONS, value, ",");
	else if (strcmp(name, "dynset") == 0)
		put_expression(message, NFTA_DYNSET_EXPR, value);
	else if (strcmp(name, "inner") == 0)
		put_expression(message, 5, value);
	else
		put_number(message, 1, "2");
}

static void put_expression(struct nft_message *message, uint16_t type, const char *text)
{
	size_t at = begin(message, type), data;
	const char *value = strchr(text, '=');
	char name[64];

	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, "="), text);
	put_text(message, NFTA_EXPR_NAME, name);
	data = begin(message, NFTA_EXPR_DATA | 0x8000);
	put_data(message, name, value ? value + 1 : "");
	end(message, data);
	end(message, at);
}

static unsigned char family_of(const char *name)
{
	static const char *const names[] = {
		[NFPROTO_INET] = "inet",     [NFPROTO_IPV4] = "ip",	  [NFPROTO_ARP] = "arp",
		[NFPROTO_NETDEV] = "netdev", [NFPROTO_BRIDGE] = "bridge", [NFPROTO_IPV6] = "ip6"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i] && strcmp(names[i], name) == 0)
			return (unsigned char)i;
	return 0;
}

static int make_raw(const char *line, struct nft_message *message)
{
	unsigned int type, byte;
	int used = 0;

	if (sscanf(line, "raw %u%n", &type, &used) != 1)
		return -1;
	message->type = (uint16_t)type;
	for (line += used; sscanf(line, " %2x%n", &byte, &used) == 1; line += used)
		put(message, &(unsigned char){(unsigned char)byte}, 1);
	return 0;
}

/* The data after the names depends on the kind of the message. */
static void put_rest(struct nft_message *message, const char *rest)
{
	if (message->type == NFT_MSG_NEWRULE)
		put_list(message, NFTA_RULE_EXPRESSIONS, rest, " ");
	else if (message->type == NFT_MSG_NEWSET && strchr(rest, ' '))
		put_list(message, SET_EXPRESSIONS, rest, " ");
	else if (message->type == NFT_MSG_NEWSET && *rest)
		put_expression(message, SET_EXPR, rest);
	else if (message->type == NFT_MSG_NEWOBJ)
		put_number(message, NFTA_OBJ_TYPE, rest);
	else if (message->type == NFT_MSG_NEWCHAIN && *rest)
		put_text(message, NFTA_CHAIN_TYPE, rest);
}

int nft_message_make(const char *line, struct nft_message *ret)
{
	static const struct {
		const char *kind;
		uint16_t type, table, name;
	} kinds[] = {
		{"chain", NFT_MSG_NEWCHAIN, NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME},
		{"rule", NFT_MSG_NEWRULE, NFTA_RULE_TABLE, NFTA_RULE_CHAIN},
		{"set", NFT_MSG_NEWSET, NFTA_SET_TABLE, NFTA_SET_NAME},
		{"object", NFT_MSG_NEWOBJ, NFTA_OBJ_TABLE, NFTA_OBJ_NAME},
		{"flowtable", NFT_MSG_NEWFLOWTABLE, NFTA_FLOWTABLE_TABLE, NFTA_FLOWTABLE_NAME},
	};
	char kind[16], family[16], table[512], name[512];
	int used = 0;

	*ret = (struct nft_message){0};
	if (strncmp(line, "raw ", 4) == 0)
		return make_raw(line, ret);
	if (sscanf(line, "%15s %15s %511s %511s %n", kind, family, table, name, &used) != 4)
		return -1;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].kind, kind) != 0)
			continue;
		ret->type = kinds[i].type;
		put(ret, &(unsigned char[4]){family_of(family)}, 4);
		put_text(ret, kinds[i].table, table);
		put_text(ret, kinds[i].name, name);
		put_rest(ret, line + used);
		return 0;
	}
	return -1;
}
