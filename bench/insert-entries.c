/*
 * Makes so many entries in the table of its network namespace: established connections of TCP, by
 * ctnetlink.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usage: insert-entries FIRST COUNT [PORTS], by number: none may be there already. PORTS:
 * connections of each client (default: 60000). cc insert-entries.c -lmnl
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

/* As many messages at a time as fit into the first; none is longer than the second. */
#define BATCH_SIZE   65536
#define MESSAGE_SIZE 512
/* Longer than any measurement. */
#define TIMEOUT_S  400000
#define PORT_FIRST 1024
#define PORT_COUNT 60000

struct end {
	uint32_t address;
	uint16_t port;
};

static void put_tuple(struct nlmsghdr *message, uint16_t type, struct end from, struct end to)
{
	struct nlattr *tuple = mnl_attr_nest_start(message, type), *part;

	part = mnl_attr_nest_start(message, CTA_TUPLE_IP);
	mnl_attr_put_u32(message, CTA_IP_V4_SRC, htonl(from.address));
	mnl_attr_put_u32(message, CTA_IP_V4_DST, htonl(to.address));
	mnl_attr_nest_end(message, part);
	part = mnl_attr_nest_start(message, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(message, CTA_PROTO_NUM, IPPROTO_TCP);
	mnl_attr_put_u16(message, CTA_PROTO_SRC_PORT, htons(from.port));
	mnl_attr_put_u16(message, CTA_PROTO_DST_PORT, htons(to.port));
	mnl_attr_nest_end(message, part);
	mnl_attr_nest_end(message, tuple);
}

/* The numbered entry; every client has so many connections, each from a port of its own. */
static size_t put_entry(char *buffer, uint32_t number, uint32_t ports)
{
	const struct end client = {0x0a000001 + number / ports,
				   (uint16_t)(PORT_FIRST + number % ports)};
	const struct end server = {0x0aff0001, 443};
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *head;
	struct nlattr *info, *tcp;

	message->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL;
	head = mnl_nlmsg_put_extra_header(message, sizeof(*head));
	head->nfgen_family = AF_INET;
	head->version = NFNETLINK_V0;
	put_tuple(message, CTA_TUPLE_ORIG, client, server);
	put_tuple(message, CTA_TUPLE_REPLY, server, client);
	mnl_attr_put_u32(message, CTA_STATUS, htonl(IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED));
	mnl_attr_put_u32(message, CTA_TIMEOUT, htonl(TIMEOUT_S));
	info = mnl_attr_nest_start(message, CTA_PROTOINFO);
	tcp = mnl_attr_nest_start(message, CTA_PROTOINFO_TCP);
	mnl_attr_put_u8(message, CTA_PROTOINFO_TCP_STATE, TCP_CONNTRACK_ESTABLISHED);
	mnl_attr_nest_end(message, tcp);
	mnl_attr_nest_end(message, info);
	return message->nlmsg_len;
}

/* Only refusals are answered, and before the call returns. */
static int send_batch(struct mnl_socket *socket, const char *batch, size_t size)
{
	char answer[BATCH_SIZE];
	const struct nlmsghdr *message = (const struct nlmsghdr *)answer;
	const struct nlmsgerr *refusal;

	if (mnl_socket_sendto(socket, batch, size) < 0)
		return -errno;
	if (recv(mnl_socket_get_fd(socket), answer, sizeof(answer), MSG_DONTWAIT) < 0)
		return errno == EAGAIN ? 0 : -errno;
	refusal = mnl_nlmsg_get_payload(message);
	return refusal->error;
}

static int insert(struct mnl_socket *socket, uint32_t first, uint32_t count, uint32_t ports)
{
	static char batch[BATCH_SIZE];
	size_t size = 0;
	int error = 0;

	for (uint32_t i = 0; i < count && error == 0; i++) {
		size += put_entry(batch + size, first + i, ports);
		if (size + MESSAGE_SIZE <= sizeof(batch) && i + 1 < count)
			continue;
		error = send_batch(socket, batch, size);
		size = 0;
	}
	return error;
}

int main(int argc, char **argv)
{
	struct mnl_socket *socket;
	uint32_t ports;
	int error;

	if (argc != 3 && argc != 4)
		return 64;
	ports = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 10) : PORT_COUNT;
	if (ports == 0 || ports > PORT_COUNT)
		return 64;
	socket = mnl_socket_open(NETLINK_NETFILTER);
	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		perror("insert-entries");
		return EXIT_FAILURE;
	}
	error = insert(socket, (uint32_t)strtoul(argv[1], NULL, 10),
		       (uint32_t)strtoul(argv[2], NULL, 10), ports);
	if (error < 0)
		(void)fprintf(stderr, "insert-entries: %s\n", strerror(-error));
	(void)mnl_socket_close(socket);
	return error < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
