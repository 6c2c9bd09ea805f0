/* The table by ctnetlink, of the network namespace that the process is in. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/ctnetlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <string.h>
#include <sys/socket.h>

#include "host/library.h"

/* The kernel fills as much at a time as was asked for the last time, up to 32 KiB: a dump has few system calls. */
#define RECEIVE_SIZE 65536
/* Each dump has a socket of its own, so that any number will do. */
#define SEQUENCE 1

/* Without those of attributes: the model reads these by itself, as it reads lines. */
struct mnl_calls {
	typeof(mnl_socket_open2) *mnl_socket_open2;
	typeof(mnl_socket_bind) *mnl_socket_bind;
	typeof(mnl_socket_close) *mnl_socket_close;
	typeof(mnl_socket_get_portid) *mnl_socket_get_portid;
	typeof(mnl_socket_sendto) *mnl_socket_sendto;
	typeof(mnl_socket_recvfrom) *mnl_socket_recvfrom;
	typeof(mnl_nlmsg_put_header) *mnl_nlmsg_put_header;
	typeof(mnl_nlmsg_put_extra_header) *mnl_nlmsg_put_extra_header;
	typeof(mnl_nlmsg_ok) *mnl_nlmsg_ok;
	typeof(mnl_nlmsg_next) *mnl_nlmsg_next;
	typeof(mnl_nlmsg_seq_ok) *mnl_nlmsg_seq_ok;
	typeof(mnl_nlmsg_portid_ok) *mnl_nlmsg_portid_ok;
	typeof(mnl_nlmsg_get_payload) *mnl_nlmsg_get_payload;
	typeof(mnl_nlmsg_get_payload_len) *mnl_nlmsg_get_payload_len;
};

/* One question, and what is done with each message of the answer. */
struct dump {
	struct mnl_calls calls;
	struct mnl_socket *socket;
	unsigned int port;
	uint16_t request, answer; /* IPCTNL_MSG_ */
	int (*take)(const void *bytes, size_t size, void *into);
	void *into;
};

static void dump_done(struct dump *dump)
{
	if (dump->socket)
		(void)dump->calls.mnl_socket_close(dump->socket);
}

static int load(struct mnl_calls *calls)
{
	const struct library_symbol symbols[] = {
		LIBRARY_SYMBOL(calls, mnl_socket_open2),
		LIBRARY_SYMBOL(calls, mnl_socket_bind),
		LIBRARY_SYMBOL(calls, mnl_socket_close),
		LIBRARY_SYMBOL(calls, mnl_socket_get_portid),
		LIBRARY_SYMBOL(calls, mnl_socket_sendto),
		LIBRARY_SYMBOL(calls, mnl_socket_recvfrom),
		LIBRARY_SYMBOL(calls, mnl_nlmsg_put_header),
		LIBRARY_SYMBOL(calls, mnl_nlmsg_put_extra_header),
		LIBRARY_SYMBOL(calls, mnl_nlmsg_ok),
		LIBRARY_SYMBOL(calls, mnl_nlmsg_next),
		LIBRARY_SYMBOL(calls, mnl_nlmsg_seq_ok),
		LIBRARY_SYMBOL(calls, mnl_nlmsg_portid_ok),
		LIBRARY_SYMBOL(calls, mnl_nlmsg_get_payload),
		LIBRARY_SYMBOL(calls, mnl_nlmsg_get_payload_len),
	};

	return library_load("libmnl.so.0", symbols, ARRAY_SIZE(symbols));
}

static uint16_t message_type(uint16_t message)
{
	return (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | message);
}

/* AF_UNSPEC: IPv4 and IPv6 in one dump. */
static int ask(struct dump *dump)
{
	char buffer[NLMSG_SPACE(sizeof(struct nfgenmsg))]
		__attribute__((aligned(NLMSG_ALIGNTO))) = {0};
	struct nlmsghdr *message = dump->calls.mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *head;

	message->nlmsg_type = message_type(dump->request);
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	message->nlmsg_seq = SEQUENCE;
	head = dump->calls.mnl_nlmsg_put_extra_header(message, sizeof(*head));
	*head = (struct nfgenmsg){.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0};
	if (dump->calls.mnl_socket_sendto(dump->socket, message, message->nlmsg_len) < 0)
		return -errno;
	return 0;
}

/* The last message of a dump, and a refusal, begin with a negative errno or 0. */
static int read_end(const struct dump *dump, const struct nlmsghdr *message)
{
	int error;

	if (dump->calls.mnl_nlmsg_get_payload_len(message) < sizeof(error))
		return -EBADMSG;
	memcpy(&error, dump->calls.mnl_nlmsg_get_payload(message), sizeof(error));
	return error <= 0 ? error : -EBADMSG;
}

/* 1: more is to come; 0: that was all. */
static int read_message(const struct dump *dump, const struct nlmsghdr *message)
{
	const unsigned char *payload = dump->calls.mnl_nlmsg_get_payload(message);
	size_t size = dump->calls.mnl_nlmsg_get_payload_len(message);
	int error;

	if (!dump->calls.mnl_nlmsg_seq_ok(message, SEQUENCE) ||
	    !dump->calls.mnl_nlmsg_portid_ok(message, dump->port))
		return 1;
	if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
		return read_end(dump, message);
	if (message->nlmsg_type != message_type(dump->answer))
		return 1;
	if (size < NLMSG_ALIGN(sizeof(struct nfgenmsg)))
		return -EBADMSG;
	/*
	 * NLM_F_DUMP_INTR, that something has changed meanwhile, is no reason to begin again: entries come and go all the
	 * time, and a count of them is of no single moment anyway.
	 */
	error = dump->take(payload + NLMSG_ALIGN(sizeof(struct nfgenmsg)),
			   size - NLMSG_ALIGN(sizeof(struct nfgenmsg)), dump->into);
	return error < 0 ? error : 1;
}

static int read_answer(const struct dump *dump)
{
	char buffer[RECEIVE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	int result = 1;

	while (result > 0) {
		const struct nlmsghdr *message = (const struct nlmsghdr *)buffer;
		ssize_t got = dump->calls.mnl_socket_recvfrom(dump->socket, buffer, sizeof(buffer));
		int left = (int)got;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EBADMSG;
		for (; result > 0 && dump->calls.mnl_nlmsg_ok(message, left);
		     message = dump->calls.mnl_nlmsg_next(message, &left))
			result = read_message(dump, message);
		if (result > 0 && left > 0)
			return -EBADMSG;
	}
	return result;
}

static int run(struct dump *dump)
{
	int error = load(&dump->calls);

	if (error < 0)
		return error;
	dump->socket = dump->calls.mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!dump->socket || dump->calls.mnl_socket_bind(dump->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	dump->port = dump->calls.mnl_socket_get_portid(dump->socket);
	error = ask(dump);
	return error < 0 ? error : read_answer(dump);
}

static int take_entry(const void *bytes, size_t size, void *into)
{
	struct entry entry;
	int error = entry_read_message(bytes, size, &entry);

	if (error == 0)
		entry_counts_add(into, &entry);
	return error;
}

int ctnetlink_count_entries(struct entry_counts *counts)
{
	struct dump CLEANUP(dump_done) dump = {.request = IPCTNL_MSG_CT_GET,
					       .answer = IPCTNL_MSG_CT_NEW,
					       .take = take_entry,
					       .into = counts};

	return run(&dump);
}

/* One message a processor. */
static int take_counters(const void *bytes, size_t size, void *into)
{
	return counters_add_message(bytes, size, into);
}

int ctnetlink_read_counters(struct counters *ret)
{
	struct counters counters = {0};
	struct dump CLEANUP(dump_done) dump = {.request = IPCTNL_MSG_CT_GET_STATS_CPU,
					       .answer = IPCTNL_MSG_CT_GET_STATS_CPU,
					       .take = take_counters,
					       .into = &counters};
	int error = run(&dump);

	if (error == 0)
		*ret = counters;
	return error;
}
