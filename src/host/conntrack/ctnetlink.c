/* The table by ctnetlink, of the network namespace that the process is in. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/conntrack/ctnetlink.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include "host/netfilter.h"

/*
 * The dumps are not unchanging: entries come and go all the time, and a count of them is of no
 * single moment anyway.
 */
static int ask(uint16_t request, uint16_t answer,
	       int (*read)(void *data, uint16_t answer, const void *bytes, size_t size), void *data)
{
	struct netfilter_socket CLEANUP(netfilter_close) socket = {0};
	struct netfilter netfilter;
	int error = netfilter_load(&netfilter);

	if (error == 0)
		error = netfilter_open(&netfilter, &socket);
	return error < 0 ? error
			 : netfilter_ask(&socket, &(struct netfilter_question){
							  .subsystem = NFNL_SUBSYS_CTNETLINK,
							  .request = request,
							  .answer = answer,
							  .dump = true,
							  .read = read,
							  .data = data});
}

static int read_entry(void *data, uint16_t answer, const void *bytes, size_t size)
{
	const size_t head = NLMSG_ALIGN(sizeof(struct nfgenmsg));
	struct entry entry;
	int error = entry_read_message((const unsigned char *)bytes + head, size - head, &entry);

	(void)answer;
	if (error == 0)
		entry_counts_add(data, &entry);
	return error;
}

int ctnetlink_count_entries(struct entry_counts *counts)
{
	return ask(IPCTNL_MSG_CT_GET, IPCTNL_MSG_CT_NEW, read_entry, counts);
}

/* One message a processor. */
static int read_counters(void *data, uint16_t answer, const void *bytes, size_t size)
{
	const size_t head = NLMSG_ALIGN(sizeof(struct nfgenmsg));

	(void)answer;
	return counters_add_message((const unsigned char *)bytes + head, size - head, data);
}

int ctnetlink_read_counters(struct counters *ret)
{
	struct counters counters = {0};
	int error = ask(IPCTNL_MSG_CT_GET_STATS_CPU, IPCTNL_MSG_CT_GET_STATS_CPU, read_counters,
			&counters);

	if (error == 0)
		*ret = counters;
	return error;
}
