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

/* Reads a message of this type. Returns 1 if more is to come, 0 at the end. */
static int read_message(uint16_t type, const char *message, size_t size, struct address_dump *dump)
{
	uint8_t family, bytes[16];
	int result;

	if (type == NLMSG_DONE)
		return 0;
	if (type == NLMSG_ERROR) {
		if (size < sizeof(result))
			return -EBADMSG;
		memcpy(&result, message, sizeof(result));
		return result < 0 ? result : -EBADMSG;
	}
	if (type != RTM_NEWADDR)
		return 1;
	result = address_read_message(message, size, &family, bytes);
	if (result > 0) {
		if (dump->count++ == NAMESPACE_ADDRESSES_MAX)
			return -EFBIG;
		result = dump->read(dump->data, family, bytes);
	}
	return result < 0 ? result : 1;
}

/* Reads what one recv() brought. Returns 1 if more is to come, 0 at the end. */
static int read_messages(const char *buffer, size_t size, struct address_dump *dump)
{
	struct nlmsghdr head;
	int result = 1;

	while (result > 0 && size >= sizeof(head)) {
		size_t step;

		memcpy(&head, buffer, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > size)
			return -EBADMSG;
		result = read_message(head.nlmsg_type, buffer + sizeof(head),
				      head.nlmsg_len - sizeof(head), dump);
		step = NLMSG_ALIGN(head.nlmsg_len);
		if (step > size)
			step = size;
		buffer += step;
		size -= step;
	}
	return result;
}

static int read_answer(int fd, struct address_dump *dump)
{
	char buffer[RECEIVE_SIZE];
	int result = 1;

	while (result > 0) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0 ? -EBADMSG : errno == EAGAIN ? -ETIMEDOUT : -errno;
		result = read_messages(buffer, (size_t)got, dump);
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
