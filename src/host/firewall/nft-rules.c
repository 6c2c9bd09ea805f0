/* Reads the nft rules of the network namespace that the process is in. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/firewall/nft-rules.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "base/attributes.h"
#include "model/users/uses-nft.h"

/* One reading of the rule set from its begin. */
struct nft_reading {
	const struct netfilter *netfilter;
	struct rules_budget *budget;
	struct nft_reader reader;
	struct netfilter_socket socket,
		elements; /* `elements` is for the elements of a set, while the sets are read */
};

static void reading_done(struct nft_reading *reading)
{
	netfilter_close(&reading->socket);
	netfilter_close(&reading->elements);
}

static int spend_bytes(void *data, size_t bytes)
{
	const struct nft_reading *reading = data;

	return rules_budget_spend(reading->budget, bytes);
}

static int read_generation(void *data, uint16_t answer, const void *bytes, size_t size)
{
	const size_t head = NLMSG_ALIGN(sizeof(struct nfgenmsg));
	const struct attribute message = {.bytes = (const unsigned char *)bytes + head,
					  .size = size - head};
	struct attribute generation;
	int found = attribute_find(&message, NFTA_GEN_ID, &generation);

	(void)answer;
	if (found > 0)
		found = attribute_u32(&generation, data);
	return found < 0 ? found : 0;
}

/* Gets a number that changes with the rules. */
static int ask_generation(struct netfilter_socket *socket, uint32_t *ret)
{
	return netfilter_ask(socket, &(struct netfilter_question){.subsystem = NFNL_SUBSYS_NFTABLES,
								  .request = NFT_MSG_GETGEN,
								  .answer = NFT_MSG_NEWGEN,
								  .read = read_generation,
								  .data = ret});
}

/*
 * Opens a socket and asks for the generation, because the kernel makes the begin of a dump only as
 * large as was received by this socket before, or 4 KiB, and ends the dump if its first rule does
 * not fit.
 */
static int open_socket(const struct nft_reading *reading, struct netfilter_socket *socket,
		       uint32_t *ret_generation)
{
	int error = netfilter_open(reading->netfilter, socket);

	return error < 0 ? error : ask_generation(socket, ret_generation);
}

static int read_elements(void *data, uint16_t answer, const void *bytes, size_t size)
{
	struct nft_reading *reading = data;

	return nft_reader_read(&reading->reader, answer, bytes, size);
}

/* Returns -EAGAIN if the set has gone. */
static int dump_elements(struct nft_reading *reading)
{
	const struct nft_place set = reading->reader.set;
	uint32_t generation;
	int error = reading->elements.socket
			    ? 0
			    : open_socket(reading, &reading->elements, &generation);

	if (error == 0)
		error = netfilter_ask(&reading->elements,
				      &(struct netfilter_question){
					      .subsystem = NFNL_SUBSYS_NFTABLES,
					      .request = NFT_MSG_GETSETELEM,
					      .answer = NFT_MSG_NEWSETELEM,
					      .dump = true,
					      .unchanging = true,
					      .family = set.family,
					      .texts =
						      (const struct netfilter_text[]){
							      {NFTA_SET_ELEM_LIST_TABLE, set.table},
							      {NFTA_SET_ELEM_LIST_SET, set.name},
							      {0}},
					      .read = read_elements,
					      .spend = spend_bytes,
					      .data = reading});
	return error == -ENOENT ? -EAGAIN : error;
}

static int read_message(void *data, uint16_t answer, const void *bytes, size_t size)
{
	struct nft_reading *reading = data;
	int error = nft_reader_read(&reading->reader, answer, bytes, size);

	return error == 0 && reading->reader.wants_elements ? dump_elements(reading) : error;
}

/* Reads all objects but the tables, because a table alone does not need connection tracking. */
static int dump_all(struct nft_reading *reading)
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

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && error == 0; i++)
		error = netfilter_ask(&reading->socket, &(struct netfilter_question){
								.subsystem = NFNL_SUBSYS_NFTABLES,
								.request = kinds[i].request,
								.answer = kinds[i].answer,
								.dump = true,
								.unchanging = true,
								.read = read_message,
								.spend = spend_bytes,
								.data = reading});
	nft_reader_finish(&reading->reader);
	return error;
}

/*
 * Returns -EAGAIN if the rules at the end differ from those at the begin, or -EMSGSIZE if the
 * kernel left some out.
 */
static int read_once(struct nft_reading *reading)
{
	uint32_t before = 0, after = 0;
	int error = open_socket(reading, &reading->socket, &before);

	/* The kernel was built without nf_tables. */
	if (error == -EINVAL || error == -EPROTONOSUPPORT)
		return 0;
	if (error == 0)
		error = dump_all(reading);
	if (error == 0)
		error = ask_generation(&reading->socket, &after);
	if (error == 0 && before != after)
		return -EAGAIN;
	return error == 0 && !nft_reader_is_whole(&reading->reader) ? -EMSGSIZE : error;
}

/* A change in progress counts before it can be read, so that rules are missing for a moment. */
static bool is_passing(int error)
{
	return error == -EAGAIN || error == -EMSGSIZE;
}

int nft_rules_read(const struct netfilter *netfilter, struct rules_budget *budget,
		   const char *where, struct uses *uses)
{
	int error = -EAGAIN;

	for (unsigned int i = 0; i < NFT_RULES_TRIES && is_passing(error); i++) {
		struct uses CLEANUP(uses_done) found = {.limit = uses->limit};
		struct nft_reading CLEANUP(reading_done)
			reading = {.netfilter = netfilter,
				   .budget = budget,
				   .reader = {.uses = &found, .where = where}};

		error = read_once(&reading);
		if (!is_passing(error) || i + 1 == NFT_RULES_TRIES)
			uses_move(&found, uses, USES_MAX);
	}
	return error;
}
