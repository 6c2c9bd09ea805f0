/* The nft rules of the network namespace that the process is in. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/nft-rules.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "model/attributes.h"
#include "model/uses-nft.h"

/* One dump, of one kind of things. */
struct dump {
	uint16_t answer;
	struct nft_reader *reader;
	struct rules_budget *budget;
};

static int read_message(void *data, const void *bytes, size_t size)
{
	const struct dump *dump = data;

	return nft_reader_read(dump->reader, dump->answer, bytes, size);
}

static int spend_bytes(void *data, size_t bytes)
{
	const struct dump *dump = data;

	return rules_budget_spend(dump->budget, bytes);
}

static int read_generation(void *data, const void *bytes, size_t size)
{
	const size_t head = NLMSG_ALIGN(sizeof(struct nfgenmsg));
	const struct attribute message = {.bytes = (const unsigned char *)bytes + head,
					  .size = size - head};
	struct attribute generation;
	int found = attribute_find(&message, NFTA_GEN_ID, &generation);

	if (found > 0)
		found = attribute_u32(&generation, data);
	return found < 0 ? found : 0;
}

/* A number that changes with the rules. */
static int ask_generation(const struct netfilter *netfilter, uint32_t *ret)
{
	return netfilter_ask(netfilter,
			     &(struct netfilter_question){.subsystem = NFNL_SUBSYS_NFTABLES,
							  .request = NFT_MSG_GETGEN,
							  .answer = NFT_MSG_NEWGEN,
							  .read = read_generation,
							  .data = ret});
}

/* Tables need nothing, and elements of sets are not looked at: what they would count stands in their set or in a rule. */
static int dump_all(const struct netfilter *netfilter, struct nft_reader *reader,
		    struct rules_budget *budget)
{
	static const struct {
		uint16_t request, answer;
	} kinds[] = {
		{NFT_MSG_GETCHAIN, NFT_MSG_NEWCHAIN},
		{NFT_MSG_GETRULE, NFT_MSG_NEWRULE},
		{NFT_MSG_GETSET, NFT_MSG_NEWSET},
		{NFT_MSG_GETOBJ, NFT_MSG_NEWOBJ},
		{NFT_MSG_GETFLOWTABLE, NFT_MSG_NEWFLOWTABLE},
	};
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && error == 0; i++) {
		struct dump dump = {kinds[i].answer, reader, budget};

		error = netfilter_ask(
			netfilter, &(struct netfilter_question){.subsystem = NFNL_SUBSYS_NFTABLES,
								.request = kinds[i].request,
								.answer = kinds[i].answer,
								.dump = true,
								.unchanging = true,
								.read = read_message,
								.spend = spend_bytes,
								.data = &dump});
	}
	nft_reader_finish(reader);
	return error;
}

/* -EAGAIN: the rules were others at the end than at the begin. */
static int read_once(const struct netfilter *netfilter, struct rules_budget *budget,
		     struct nft_reader *reader)
{
	uint32_t before = 0, after = 0;
	int error = ask_generation(netfilter, &before);

	/* The kernel was built without nf_tables. */
	if (error == -EINVAL || error == -EPROTONOSUPPORT)
		return 0;
	if (error == 0)
		error = dump_all(netfilter, reader, budget);
	if (error == 0)
		error = ask_generation(netfilter, &after);
	return error == 0 && before != after ? -EAGAIN : error;
}

int nft_rules_read(const struct netfilter *netfilter, struct rules_budget *budget,
		   const char *where, struct uses *uses)
{
	int error = -EAGAIN;

	for (unsigned int i = 0; i < NFT_RULES_TRIES && error == -EAGAIN; i++) {
		struct uses CLEANUP(uses_done) found = {.limit = uses->limit};
		struct nft_reader reader = {.uses = &found, .where = where};

		error = read_once(netfilter, budget, &reader);
		if (error != -EAGAIN || i + 1 == NFT_RULES_TRIES)
			uses_move(&found, uses, USES_MAX);
	}
	return error;
}
