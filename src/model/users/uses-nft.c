/* Finds rules that need connection tracking in the dumps of nf_tables. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/users/uses-nft.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "base/text.h"

/*
 * The deepest nesting: only a dynset or an inner expression contains others, and those contain none
 * (Linux 6.18).
 */
#define DEPTH_MAX 4U

/* Attributes of Linux 5.7, 5.11 and 6.2, which older kernel headers lack. */
#define SET_EXPR	    17
#define SET_EXPRESSIONS	    18
#define DYNSET_EXPRESSIONS  10
#define ELEMENT_EXPRESSIONS 11
#define INNER_EXPR	    5
/* A flag of Linux 5.9. */
#define CHAIN_BINDING 4U

static const char breaks[] = "nft refuses the whole file that has such a rule";

enum word {
	WORD_STATE,
	WORD_HELPER,
	WORD_TIMEOUT,
	WORD_EXPECTATION,
	WORD_COUNT,
	WORD_NOTRACK,
	WORD_SNAT,
	WORD_DNAT,
	WORD_MASQUERADE,
	WORD_REDIRECT,
	WORD_OFFLOAD,
	WORD_SYNPROXY,
	WORD_NONE,
};

static const char *const words[WORD_NONE] = {
	[WORD_STATE] = "connection state (ct)",
	[WORD_HELPER] = "helpers (ct helper)",
	[WORD_TIMEOUT] = "timeout policies (ct timeout)",
	[WORD_EXPECTATION] = "expectations (ct expectation)",
	[WORD_COUNT] = "limits of connections (ct count)",
	[WORD_NOTRACK] = "notrack",
	[WORD_SNAT] = "address translation (snat)",
	[WORD_DNAT] = "address translation (dnat)",
	[WORD_MASQUERADE] = "masquerading",
	[WORD_REDIRECT] = "redirection",
	[WORD_OFFLOAD] = "flow offload",
	[WORD_SYNPROXY] = "synproxy",
};

/*
 * The names of expressions whose module needs nf_conntrack (struct nft_expr_type,
 * net/netfilter/nft_*.c, Linux 4.18 to 6.18).
 */
static const struct {
	const char *name;
	enum word word;
} expressions[] = {
	{"ct", WORD_STATE},	     {"connlimit", WORD_COUNT}, {"notrack", WORD_NOTRACK},
	{"masq", WORD_MASQUERADE},   {"redir", WORD_REDIRECT},	{"flow_offload", WORD_OFFLOAD},
	{"synproxy", WORD_SYNPROXY},
};

static enum word word_of_object(uint32_t type)
{
	switch (type) {
	case NFT_OBJECT_CT_HELPER:
		return WORD_HELPER;
	case NFT_OBJECT_CONNLIMIT:
		return WORD_COUNT;
	case NFT_OBJECT_CT_TIMEOUT:
		return WORD_TIMEOUT;
	case NFT_OBJECT_CT_EXPECT:
		return WORD_EXPECTATION;
	case NFT_OBJECT_SYNPROXY:
		return WORD_SYNPROXY;
	default:
		return WORD_NONE;
	}
}

static void note_word(struct nft_needs *needs, enum word word)
{
	if (word != WORD_NONE)
		needs->words |= UINT32_C(1) << word;
}

/*
 * Reads a number in an expression's data or a message. *inout_number is unchanged if it is missing.
 */
static int find_number(const struct attribute *inside, uint16_t type, uint32_t *inout_number)
{
	struct attribute number;
	int found = attribute_find(inside, type, &number);

	return found > 0 ? attribute_u32(&number, inout_number) : found;
}

static int note_nat(const struct attribute *data, struct nft_needs *needs)
{
	uint32_t type = NFT_NAT_SNAT;
	int error = find_number(data, NFTA_NAT_TYPE, &type);

	note_word(needs, type == NFT_NAT_DNAT ? WORD_DNAT : WORD_SNAT);
	return error;
}

static int note_object(const struct attribute *data, struct nft_needs *needs)
{
	uint32_t type = NFT_OBJECT_UNSPEC;
	int error = find_number(data, NFTA_OBJREF_IMM_TYPE, &type);

	note_word(needs, word_of_object(type));
	return error;
}

const char *const xtables_extensions[XTABLES_EXTENSIONS] = {
	"conntrack", "state",	  "CT",	      "NOTRACK",   "connmark", "CONNMARK",   "connbytes",
	"connlabel", "connlimit", "cluster",  "helper",	   "SNAT",     "DNAT",	     "MASQUERADE",
	"REDIRECT",  "NETMAP",	  "SYNPROXY", "CLUSTERIP", "ipvs",     "CONNSECMARK"};

/* Notes a match or target of iptables-nft; both have their name at the same place. */
static int note_extension(const struct attribute *data, struct nft_needs *needs)
{
	struct attribute name;
	int found = attribute_find(data, NFTA_MATCH_NAME, &name);

	for (unsigned int i = 0; i < XTABLES_EXTENSIONS && found > 0; i++)
		if (attribute_is_text(&name, xtables_extensions[i]))
			needs->extensions |= UINT32_C(1) << i;
	return found < 0 ? found : 0;
}

static int read_expression(const struct attribute *expression, unsigned int depth,
			   struct nft_needs *needs);

static int read_list(const struct attribute *list, unsigned int depth, struct nft_needs *needs)
{
	struct attribute_walk walk = attribute_inside(list);
	struct attribute item;
	int found;

	while ((found = attribute_next(&walk, &item)) > 0) {
		int error = item.type == NFTA_LIST_ELEM ? read_expression(&item, depth, needs) : 0;

		if (error < 0)
			return error;
	}
	return found;
}

/*
 * Reads the single expression and the list of them in a set, a dynset or an inner expression. list
 * 0: there is no list.
 */
static int read_inside(const struct attribute *inside, uint16_t one, uint16_t list,
		       unsigned int depth, struct nft_needs *needs)
{
	struct attribute found;
	int error = attribute_find(inside, one, &found);

	if (error > 0)
		error = read_expression(&found, depth, needs);
	if (error < 0 || list == 0)
		return error;
	error = attribute_find(inside, list, &found);
	return error > 0 ? read_list(&found, depth, needs) : error;
}

/* Counts a jump or goto in the data as a reference to a chain. */
static int note_verdict(const struct attribute *inside, uint16_t type, struct nft_needs *needs)
{
	struct attribute data, verdict, chain;
	int found = attribute_find(inside, type, &data);

	if (found > 0)
		found = attribute_find(&data, NFTA_DATA_VERDICT, &verdict);
	if (found > 0)
		found = attribute_find(&verdict, NFTA_VERDICT_CHAIN, &chain);
	needs->references += found > 0;
	return found < 0 ? found : 0;
}

static int note_expression(const struct attribute *name, const struct attribute *data,
			   unsigned int depth, struct nft_needs *needs)
{
	for (size_t i = 0; i < ARRAY_SIZE(expressions); i++)
		if (attribute_is_text(name, expressions[i].name))
			note_word(needs, expressions[i].word);
	if (attribute_is_text(name, "nat"))
		return note_nat(data, needs);
	if (attribute_is_text(name, "immediate"))
		return note_verdict(data, NFTA_IMMEDIATE_DATA, needs);
	if (attribute_is_text(name, "objref"))
		return note_object(data, needs);
	if (attribute_is_text(name, "match") || attribute_is_text(name, "target"))
		return note_extension(data, needs);
	if (attribute_is_text(name, "dynset"))
		return read_inside(data, NFTA_DYNSET_EXPR, DYNSET_EXPRESSIONS, depth + 1, needs);
	if (attribute_is_text(name, "inner"))
		return read_inside(data, INNER_EXPR, 0, depth + 1, needs);
	return 0;
}

static int read_expression(const struct attribute *expression, unsigned int depth,
			   struct nft_needs *needs)
{
	struct attribute name, data = {0};
	int found = attribute_find(expression, NFTA_EXPR_NAME, &name);
	int error = found < 0 ? found : attribute_find(expression, NFTA_EXPR_DATA, &data);

	if (depth > DEPTH_MAX)
		return -EBADMSG;
	if (error < 0 || found == 0)
		return error < 0 ? error : 0;
	return note_expression(&name, &data, depth, needs);
}

static void add_needs(const struct nft_needs *needs, struct buffer *b)
{
	for (unsigned int i = 0; i < WORD_NONE; i++)
		if (needs->words >> i & 1)
			buffer_printf(b, "%s%s", b->length ? ", " : "", words[i]);
	for (unsigned int i = 0; i < XTABLES_EXTENSIONS; i++)
		if (needs->extensions >> i & 1)
			buffer_printf(b, "%s%s", b->length ? ", " : "", xtables_extensions[i]);
}

static const char *name_family(uint8_t family)
{
	static const struct {
		uint8_t family;
		const char *name;
	} rows[] = {{NFPROTO_INET, "inet"},	{NFPROTO_IPV4, "ip"},	    {NFPROTO_ARP, "arp"},
		    {NFPROTO_NETDEV, "netdev"}, {NFPROTO_BRIDGE, "bridge"}, {NFPROTO_IPV6, "ip6"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].family == family)
			return rows[i].name;
	return "?";
}

static void add_finding(const struct nft_reader *reader, const struct nft_place *place,
			const char *evidence)
{
	struct buffer CLEANUP(buffer_clear) name = {0};

	buffer_printf(&name, "nft %s %s %s%s%s", name_family(place->family), place->table,
		      place->name, *reader->where ? ", " : "", reader->where);
	if (!name.data || name.error < 0) {
		reader->uses->out_of_memory = true;
		return;
	}
	uses_add(reader->uses,
		 &(struct use_heading){.certainty = USE_CERTAIN,
				       .kind = "rules",
				       .name = name.data,
				       .breaks = breaks},
		 "%s", evidence);
}

void nft_reader_finish(struct nft_reader *reader)
{
	struct buffer CLEANUP(buffer_clear) evidence = {0}, needs = {0};

	if (reader->rules > 0) {
		add_needs(&reader->needs, &needs);
		buffer_printf(&evidence, "%s rule%s with %s", text_count(reader->rules).text,
			      reader->rules == 1 ? "" : "s", needs.data ? needs.data : "?");
		add_finding(reader, &reader->chain, evidence.data ? evidence.data : "?");
		reader->uses->out_of_memory |= needs.error < 0 || evidence.error < 0;
	}
	reader->rules = 0;
	reader->needs = (struct nft_needs){0};
}

/* Copies a name, or "?" if there is none. It may have any byte but NUL. */
static int find_name(const struct attribute *message, uint16_t type, char ret[NFT_READER_NAME_SIZE])
{
	struct attribute name;
	int found = attribute_find(message, type, &name);

	if (found < 0 || (found > 0 && name.size >= NFT_READER_NAME_SIZE))
		return -EBADMSG;
	if (found == 0) {
		memcpy(ret, "?", sizeof("?"));
		return 0;
	}
	memcpy(ret, name.bytes, name.size);
	ret[name.size] = '\0';
	return 0;
}

static int find_place(const struct attribute *message, uint16_t table, uint16_t name,
		      struct nft_place *place)
{
	int error = find_name(message, table, place->table);

	return error < 0 ? error : find_name(message, name, place->name);
}

static int read_rule(struct nft_reader *reader, const struct attribute *message,
		     struct nft_place *place)
{
	struct nft_needs needs = {0};
	struct attribute list;
	int error = find_place(message, NFTA_RULE_TABLE, NFTA_RULE_CHAIN, place);
	int found = error < 0 ? error : attribute_find(message, NFTA_RULE_EXPRESSIONS, &list);

	if (found > 0)
		found = read_list(&list, 0, &needs);
	if (found < 0)
		return found;
	if (place->family != reader->chain.family ||
	    strcmp(place->table, reader->chain.table) != 0 ||
	    strcmp(place->name, reader->chain.name) != 0) {
		nft_reader_finish(reader);
		reader->chain = *place;
	}
	reader->missing -= 1 + needs.references;
	reader->rules += needs.words || needs.extensions;
	reader->needs.words |= needs.words;
	reader->needs.extensions |= needs.extensions;
	return 0;
}

static int read_chain(struct nft_reader *reader, const struct attribute *message,
		      struct nft_place *place)
{
	uint32_t references = 0, flags = 0;
	struct attribute type;
	int error = find_place(message, NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME, place);
	int found;

	if (error == 0)
		error = find_number(message, NFTA_CHAIN_USE, &references);
	if (error == 0)
		error = find_number(message, NFTA_CHAIN_FLAGS, &flags);
	reader->missing += references;
	reader->bound += (flags & CHAIN_BINDING) != 0;
	found = error < 0 ? error : attribute_find(message, NFTA_CHAIN_TYPE, &type);
	if (found > 0 && attribute_is_text(&type, "nat"))
		add_finding(reader, place, "a chain of type nat");
	return found < 0 ? found : 0;
}

static void add_set_finding(const struct nft_reader *reader, const struct nft_place *place,
			    const struct nft_needs *needs)
{
	struct buffer CLEANUP(buffer_clear) text = {0};

	add_needs(needs, &text);
	reader->uses->out_of_memory |= text.error < 0;
	if (text.data)
		add_finding(reader, place, text.data);
}

/*
 * Reads a set, which may have expressions that each new element gets. Its elements may refer to
 * chains in a verdict map, and may have expressions of their own if rules change the set.
 */
static int read_set(struct nft_reader *reader, const struct attribute *message,
		    struct nft_place *place)
{
	struct nft_needs needs = {0};
	uint32_t flags = 0, data = 0;
	int error = find_place(message, NFTA_SET_TABLE, NFTA_SET_NAME, place);

	if (error == 0)
		error = read_inside(message, SET_EXPR, SET_EXPRESSIONS, 0, &needs);
	if (error == 0)
		error = find_number(message, NFTA_SET_FLAGS, &flags);
	if (error == 0)
		error = find_number(message, NFTA_SET_DATA_TYPE, &data);
	if (error < 0)
		return error;
	add_set_finding(reader, place, &needs);
	reader->wants_elements = (flags & NFT_SET_EVAL) || data == NFT_DATA_VERDICT;
	reader->set = *place;
	return 0;
}

static int read_elements(struct nft_reader *reader, const struct attribute *message,
			 struct nft_place *place)
{
	struct attribute list, element;
	struct attribute_walk walk;
	struct nft_needs needs = {0};
	int error = find_place(message, NFTA_SET_ELEM_LIST_TABLE, NFTA_SET_ELEM_LIST_SET, place);
	int found = error < 0 ? error : attribute_find(message, NFTA_SET_ELEM_LIST_ELEMENTS, &list);

	if (found <= 0)
		return found;
	walk = attribute_inside(&list);
	while ((found = attribute_next(&walk, &element)) > 0) {
		error = note_verdict(&element, NFTA_SET_ELEM_DATA, &needs);
		if (error == 0)
			error = read_inside(&element, NFTA_SET_ELEM_EXPR, ELEMENT_EXPRESSIONS, 0,
					    &needs);
		if (error < 0)
			return error;
	}
	reader->missing -= needs.references;
	add_set_finding(reader, place, &needs);
	return found;
}

static int read_object(struct nft_reader *reader, const struct attribute *message,
		       struct nft_place *place)
{
	uint32_t type = NFT_OBJECT_UNSPEC;
	int error = find_place(message, NFTA_OBJ_TABLE, NFTA_OBJ_NAME, place);
	enum word word;

	if (error == 0)
		error = find_number(message, NFTA_OBJ_TYPE, &type);
	word = word_of_object(type);
	if (error == 0 && word != WORD_NONE)
		add_finding(reader, place, words[word]);
	return error;
}

static int read_flowtable(struct nft_reader *reader, const struct attribute *message,
			  struct nft_place *place)
{
	int error = find_place(message, NFTA_FLOWTABLE_TABLE, NFTA_FLOWTABLE_NAME, place);

	if (error == 0)
		add_finding(reader, place, "flowtables");
	return error;
}

bool nft_reader_is_whole(const struct nft_reader *reader)
{
	return reader->missing == 0 || reader->missing == reader->bound;
}

int nft_reader_read(struct nft_reader *reader, uint16_t type, const void *bytes, size_t size)
{
	const size_t head = NLMSG_ALIGN(sizeof(struct nfgenmsg));
	struct attribute message;
	struct nft_place place;

	if (size < head)
		return -EBADMSG;
	place.family = *((const unsigned char *)bytes + offsetof(struct nfgenmsg, nfgen_family));
	message = (struct attribute){.bytes = (const unsigned char *)bytes + head,
				     .size = size - head};
	if (type == NFT_MSG_NEWRULE)
		return read_rule(reader, &message, &place);
	nft_reader_finish(reader);
	reader->wants_elements = false;
	switch (type) {
	case NFT_MSG_NEWCHAIN:
		return read_chain(reader, &message, &place);
	case NFT_MSG_NEWSET:
		return read_set(reader, &message, &place);
	case NFT_MSG_NEWSETELEM:
		return read_elements(reader, &message, &place);
	case NFT_MSG_NEWOBJ:
		return read_object(reader, &message, &place);
	case NFT_MSG_NEWFLOWTABLE:
		return read_flowtable(reader, &message, &place);
	default:
		return 0;
	}
}
