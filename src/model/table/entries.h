/* The entries of the table counted by what they are: protocol, TCP state, remaining time. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* enum tcp_conntrack of linux/netfilter/nf_conntrack_tcp.h, the same in 4.18 to 7.2. */
enum tcp_state {
	TCP_STATE_NONE,
	TCP_STATE_SYN_SENT,
	TCP_STATE_SYN_RECV,
	TCP_STATE_ESTABLISHED,
	TCP_STATE_FIN_WAIT,
	TCP_STATE_CLOSE_WAIT,
	TCP_STATE_LAST_ACK,
	TCP_STATE_TIME_WAIT,
	TCP_STATE_CLOSE,
	TCP_STATE_SYN_SENT2,
	TCP_STATES,
};
/* "ESTABLISHED", as conntrack(8) and the kernel's file have it; NULL: there is no such state. */
const char *tcp_state_to_string(enum tcp_state state);

/* One entry, as far as it is counted. */
struct entry {
	uint8_t protocol;     /* IPPROTO_ */
	enum tcp_state state; /* of TCP, unless it is offloaded: the kernel does not tell then */
	bool replied;	      /* packets were seen both ways */
	bool assured;	      /* is not dropped early, and neither is one that is offloaded */
	bool offloaded;	      /* to a flow table: no remaining time */
	uint32_t remaining;   /* seconds */
	/* Of the original direction, host order; 0: the protocol has none. */
	uint16_t port; /* destination */
	uint16_t source;
};

/* Remaining times: up to and with 30 s, 2 min, 10 min, 1 h, 6 h, 1 day, 5 days, and more. */
#define TIME_BANDS 8
extern const uint32_t time_band_ends[TIME_BANDS]; /* seconds; the last is UINT32_MAX */
/* "30s", "2m", "10m", "1h", "6h", "1d", "5d", "more". */
const char *time_band_to_string(size_t band);

/* One protocol's entries by their ports; [0] also has the entries that have no port. */
struct port_counts {
	uint64_t destinations[65536];
	uint64_t sources[65536];
	uint64_t unreplied[65536]; /* by source */
};

/*
 * About 3 MiB, because every port of TCP and UDP is counted: constant memory, whatever the table
 * holds. Make it with entry_counts_new(). Set idle_below and idle_above before counting.
 */
struct entry_counts {
	uint64_t total;
	uint64_t by_protocol[256];
	uint64_t by_state[TCP_STATES]; /* of TCP alone */
	/* Without those that are offloaded. */
	uint64_t by_time[TIME_BANDS];
	uint64_t by_state_and_time[TCP_STATES][TIME_BANDS]; /* of TCP alone */
	uint64_t unreplied, assured, offloaded;
	/*
	 * The kernel gives UDP that is assured the timeout udp_stream, all other UDP the timeout
	 * udp (nf_conntrack_proto_udp.c).
	 */
	uint64_t udp_unreplied, udp_assured;
	/*
	 * ESTABLISHED entries of TCP, answered, whose remaining time is less than this have been
	 * idle for longer than one cares for. Not those that have no more than the other: the
	 * kernel gives an established connection only the timeouts unacknowledged or max_retrans
	 * while data is on its way (tcp_packet(), nf_conntrack_proto_tcp.c, 4.18 to 7.2).
	 */
	uint32_t idle_below; /* seconds; 0: none is counted */
	uint32_t idle_above; /* seconds */
	uint64_t idle;
	struct port_counts tcp, udp;
};

/* Zeroed. -ENOMEM. Freed by free(). */
MUST_CHECK int entry_counts_new(struct entry_counts **ret);
void entry_counts_add(struct entry_counts *counts, const struct entry *entry);

/*
 * The name of a protocol for people: "tcp", "udp", "icmp", "icmpv6", "sctp", "dccp", "gre",
 * "udplite"; else NULL.
 */
const char *protocol_to_string(uint8_t protocol);

/*
 * A line of /proc/net/nf_conntrack (ct_seq_show(), nf_conntrack_standalone.c, 4.18 to 7.2), without
 * its newline. -EBADMSG: it is no such line.
 */
MUST_CHECK int entry_parse(const char *line, struct entry *ret);

/*
 * A message of ctnetlink's dump, IPCTNL_MSG_CT_NEW, behind its struct nfgenmsg
 * (ctnetlink_fill_info(), nf_conntrack_netlink.c). -EBADMSG: it is no such message.
 */
MUST_CHECK int entry_read_message(const void *bytes, size_t size, struct entry *ret);
