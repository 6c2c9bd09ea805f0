/* Reads the addresses of the network namespace of this process by rtnetlink. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/addresses.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "model/table/owner-lines.h"

#define RECEIVE_SIZE	32768
#define RECEIVE_SECONDS 2

struct address_dump {
	int (*read)(void *data, uint8_t family, const uint8_t *bytes);
	void *data;
	size_t count;
};

static int ask(int fd)
{
	const struct timeval patience = {.tv_sec = RECEIVE_SECONDS};
	struct {
		struct nlmsghdr head;
		struct ifaddrmsg message;
	} question = {
		.head = {.nlmsg_len = sizeof(question),
			 .nlmsg_type = RTM_GETADDR,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
	};

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
	    send(fd, &question, sizeof(question), 0) < 0)
		return -errno;
	return 0;
}

/* Returns 1 if more is to come, 0 at the end. */
static int read_message(const struct nlmsghdr *message, struct address_dump *dump)
{
	const size_t size = message->nlmsg_len - NLMSG_HDRLEN;
	uint8_t family, bytes[16];
	int result;

	if (message->nlmsg_type == NLMSG_DONE)
		return 0;
	if (message->nlmsg_type == NLMSG_ERROR) {
		if (size < sizeof(result))
			return -EBADMSG;
		memcpy(&result, NLMSG_DATA(message), sizeof(result));
		return result < 0 ? result : -EBADMSG;
	}
	if (message->nlmsg_type != RTM_NEWADDR)
		return 1;
	result = address_read_message(NLMSG_DATA(message), size, &family, bytes);
	if (result > 0) {
		if (dump->count++ == NAMESPACE_ADDRESSES_MAX)
			return -EFBIG;
		result = dump->read(dump->data, family, bytes);
	}
	return result < 0 ? result : 1;
}

static int read_answer(int fd, struct address_dump *dump)
{
	char buffer[RECEIVE_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	int result = 1;

	while (result > 0) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
		const struct nlmsghdr *message = (const struct nlmsghdr *)(void *)buffer;
		size_t left;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0 ? -EBADMSG : errno == EAGAIN ? -ETIMEDOUT : -errno;
		for (left = (size_t)got; result > 0 && NLMSG_OK(message, left);
		     message = NLMSG_NEXT(message, left))
			result = read_message(message, dump);
	}
	return result;
}

int addresses_read(int (*read)(void *data, uint8_t family, const uint8_t *bytes), void *data)
{
	struct address_dump dump = {.read = read, .data = data};
	int CLEANUP(close_descriptor)
		fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int error = fd < 0 ? -errno : ask(fd);

	return error < 0 ? error : read_answer(fd, &dump);
}
