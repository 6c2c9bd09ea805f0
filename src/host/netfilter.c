/* Asks subsystems of nfnetlink by libmnl, in the network namespace of the process. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/netfilter.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

LIBRARY_NOTE("libmnl.so.0", "netfilter", "entries of the table and rules that use it",
	     LIBRARY_RECOMMENDED);

/*
 * The kernel fills as much at a time as was asked for the last time, up to 32 KiB: a dump has few
 * system calls.
 */
#define RECEIVE_SIZE 65536
/* A dump is made as it is received, so that the kernel never needs to be waited for. */
#define RECEIVE_SECONDS 2
/* Two names of 255 bytes. */
#define REQUEST_SIZE 1024

void netfilter_close(struct netfilter_socket *socket)
{
	if (socket->socket)
		(void)socket->calls->mnl_socket_close(socket->socket);
	*socket = (struct netfilter_socket){0};
}

int netfilter_load(struct netfilter *ret)
{
	return library_load("libmnl.so.0", NETFILTER_SYMBOLS(LIBRARY_NAME), ret);
}

static uint16_t message_type(const struct netfilter_question *question, uint16_t message)
{
	return (uint16_t)(question->subsystem << 8 | message);
}

int netfilter_open(const struct netfilter *netfilter, struct netfilter_socket *ret)
{
	const struct timeval patience = {.tv_sec = RECEIVE_SECONDS};
	struct netfilter_socket CLEANUP(netfilter_close) opened = {.calls = netfilter};

	opened.socket = netfilter->mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!opened.socket ||
	    netfilter->mnl_socket_bind(opened.socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(netfilter->mnl_socket_get_fd(opened.socket), SOL_SOCKET, SO_RCVTIMEO,
		       &patience, sizeof(patience)) < 0)
		return -errno;
	opened.port = netfilter->mnl_socket_get_portid(opened.socket);
	*ret = opened;
	opened.socket = NULL;
	return 0;
}

/* The answer to a request that is no dump ends in an acknowledgement. */
static int send_question(const struct netfilter_socket *socket,
			 const struct netfilter_question *question)
{
	const struct netfilter *calls = socket->calls;
	char buffer[REQUEST_SIZE] __attribute__((aligned(NLMSG_ALIGNTO))) = {0};
	struct nlmsghdr *message = calls->mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *head;

	message->nlmsg_type = message_type(question, question->request);
	message->nlmsg_flags = NLM_F_REQUEST | (question->dump ? NLM_F_DUMP : NLM_F_ACK);
	message->nlmsg_seq = socket->sequence;
	head = calls->mnl_nlmsg_put_extra_header(message, sizeof(*head));
	*head = (struct nfgenmsg){.nfgen_family = question->family, .version = NFNETLINK_V0};
	for (const struct netfilter_text *text = question->texts; text && text->type; text++)
		calls->mnl_attr_put_strz(message, text->type, text->text);
	if (calls->mnl_socket_sendto(socket->socket, message, message->nlmsg_len) < 0)
		return -errno;
	return 0;
}

/* The last message of a dump, and a refusal, begin with a negative errno or 0. */
static int read_end(const struct netfilter *calls, const struct nlmsghdr *message)
{
	int error;

	if (calls->mnl_nlmsg_get_payload_len(message) < sizeof(error))
		return -EBADMSG;
	memcpy(&error, calls->mnl_nlmsg_get_payload(message), sizeof(error));
	return error <= 0 ? error : -EBADMSG;
}

/* 1: more is to come; 0: that was all. */
static int read_message(const struct netfilter_socket *socket,
			const struct netfilter_question *question, const struct nlmsghdr *message)
{
	const struct netfilter *calls = socket->calls;
	size_t size = calls->mnl_nlmsg_get_payload_len(message);
	int error;

	if (!calls->mnl_nlmsg_seq_ok(message, socket->sequence) ||
	    !calls->mnl_nlmsg_portid_ok(message, socket->port))
		return 1;
	if (question->unchanging && (message->nlmsg_flags & NLM_F_DUMP_INTR))
		return -EAGAIN;
	if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR)
		return read_end(calls, message);
	if (message->nlmsg_type != message_type(question, question->answer))
		return 1;
	if (size < NLMSG_ALIGN(sizeof(struct nfgenmsg)))
		return -EBADMSG;
	error = question->read(question->data, question->answer,
			       calls->mnl_nlmsg_get_payload(message), size);
	return error < 0 ? error : 1;
}

/* Handles the messages of one datagram; as read_message(). */
static int read_messages(const struct netfilter_socket *socket,
			 const struct netfilter_question *question, const char *buffer, int left)
{
	const struct netfilter *calls = socket->calls;
	const struct nlmsghdr *message = (const struct nlmsghdr *)(const void *)buffer;
	int result = 1;

	for (; result > 0 && calls->mnl_nlmsg_ok(message, left);
	     message = calls->mnl_nlmsg_next(message, &left))
		result = read_message(socket, question, message);
	return result > 0 && left > 0 ? -EBADMSG : result;
}

static int read_answer(const struct netfilter_socket *socket,
		       const struct netfilter_question *question)
{
	char buffer[RECEIVE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	int result = 1;

	while (result > 0) {
		ssize_t got =
			socket->calls->mnl_socket_recvfrom(socket->socket, buffer, sizeof(buffer));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (got == 0)
			return -EBADMSG;
		if (question->spend)
			result = question->spend(question->data, (size_t)got);
		if (result >= 0)
			result = read_messages(socket, question, buffer, (int)got);
	}
	return result;
}

int netfilter_ask(struct netfilter_socket *socket, const struct netfilter_question *question)
{
	int error;

	socket->sequence++;
	error = send_question(socket, question);
	return error < 0 ? error : read_answer(socket, question);
}
