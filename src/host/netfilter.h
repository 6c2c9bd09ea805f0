/* Asks subsystems of nfnetlink by libmnl, in the network namespace of the process. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "host/dlopen-symbols.h"

#define NETFILTER_SYMBOLS(X)          \
	X(mnl_socket_open2)           \
	X(mnl_socket_bind)            \
	X(mnl_socket_close)           \
	X(mnl_socket_get_fd)          \
	X(mnl_socket_get_portid)      \
	X(mnl_socket_sendto)          \
	X(mnl_socket_recvfrom)        \
	X(mnl_nlmsg_put_header)       \
	X(mnl_nlmsg_put_extra_header) \
	X(mnl_attr_put_strz)          \
	X(mnl_nlmsg_ok)               \
	X(mnl_nlmsg_next)             \
	X(mnl_nlmsg_seq_ok)           \
	X(mnl_nlmsg_portid_ok)        \
	X(mnl_nlmsg_get_payload)      \
	X(mnl_nlmsg_get_payload_len)

/* Without those of attributes: the model reads these by itself, as it reads lines. */
struct netfilter {
	NETFILTER_SYMBOLS(LIBRARY_POINTER)
};

/* -ELIBACC, -ELIBBAD: as library_load() of libmnl. */
MUST_CHECK int netfilter_load(struct netfilter *ret);

/* A socket of the network namespace in which it was opened. Start with {0}. */
struct netfilter_socket {
	const struct netfilter *calls;
	struct mnl_socket *socket;
	unsigned int port, sequence;
};
MUST_CHECK int netfilter_open(const struct netfilter *netfilter, struct netfilter_socket *ret);
void netfilter_close(struct netfilter_socket *socket);

struct netfilter_text {
	uint16_t type;
	const char *text; /* 255 bytes at most */
};

/* One question, and what is done with each message of the answer. */
struct netfilter_question {
	uint8_t subsystem;	  /* NFNL_SUBSYS_ */
	uint16_t request, answer; /* its messages */
	bool dump;		  /* of all there is; else of one thing */
	bool unchanging;	  /* a dump during which something changes is of no use */
	uint8_t family;		  /* AF_UNSPEC: all of them */
	const struct netfilter_text
		*texts; /* what is asked for, up to one of type 0; NULL: nothing */
	/*
	 * Gets each message, which has the type `answer`, behind its netlink header, struct
	 * nfgenmsg first. Negative errno ends the dump.
	 */
	int (*read)(void *data, uint16_t answer, const void *bytes, size_t size);
	/*
	 * Gets the size of each datagram before its messages are read; may be NULL. Negative errno
	 * ends the dump.
	 */
	int (*spend)(void *data, size_t bytes);
	void *data;
};

/*
 * -EPERM: only root may; -EAGAIN: something changed during an unchanging dump; -ETIMEDOUT: the
 * kernel sent nothing for two seconds; -EPROTONOSUPPORT, -EINVAL: this kernel lacks the subsystem
 * or the request; -EBADMSG; as recvmsg(2); as read and spend. After a failure the socket may hold
 * the rest of the answer, and must be closed.
 */
MUST_CHECK int netfilter_ask(struct netfilter_socket *socket,
			     const struct netfilter_question *question);
