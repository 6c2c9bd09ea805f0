/* Counts the entries of the table by protocol, TCP state and remaining time. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* The same as enum tcp_conntrack of linux/netfilter/nf_conntrack_tcp.h in 4.18 to 7.2. */
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
/*
 * Returns "ESTABLISHED" and so on, as conntrack(8) and the kernel's file show it; NULL if there is
 * no such state.
 */
const char *tcp_state_to_string(enum tcp_state state);

/* The addresses of an entry, IPv4 in the first 4 bytes of each; unused bytes are 0. */
struct entry_addresses {
	uint8_t family;			/* AF_INET, AF_INET6; 0: they could not be read */
	uint8_t source[16], target[16]; /* of the original direction */
	uint8_t server[16];		/* the source of the reply: whoever answers */
	uint16_t server_port;		/* 0: the protocol has no ports */
};

/* The parts of an entry that are counted. */
struct entry {
	uint8_t protocol; /* IPPROTO_ */
	/* TCP only; unknown for an offloaded entry, because the kernel does not show it */
	enum tcp_state state;
	bool replied; /* whether packets were seen in both directions */
	/* whether the kernel will not drop it early; it does not drop offloaded ones either */
	bool assured;
	bool offloaded;	    /* to a flow table; such an entry has no remaining time */
	uint32_t remaining; /* seconds */
	/* The ports of the original direction, in host order; 0: the protocol has no ports. */
	uint16_t port; /* destination */
	uint16_t source;
	struct entry_addresses addresses;
	/*
	 * With has_id the id that the kernel gives the entry for its life. The kernel's file has
	 * none: there it is a checksum of what else tells two entries of the same addresses and
	 * ports apart, such as the zone.
	 */
	uint32_t id;
	bool has_id;
};

struct holders;
struct cutoffs;
struct sample;

/* The upper bounds of remaining times: 30 s, 2 min, 10 min, 1 h, 6 h, 1 day, 5 days, and more. */
#define TIME_BANDS 8
extern const uint32_t time_band_ends[TIME_BANDS]; /* seconds; the last is UINT32_MAX */
/* Returns "30s", "2m", "10m", "1h", "6h", "1d", "5d" or "more". */
const char *time_band_to_string(size_t band);

/* The entries of one protocol by port. Index 0 also counts the entries that have no port. */
struct port_counts {
	uint64_t destinations[65536];
	uint64_t sources[65536];
	uint64_t unreplied[65536]; /* by source */
};

/*
 * The counts of all entries: about 3 MiB, because every port of TCP and UDP is counted, and
 * constant for any size of the table. Make it with entry_counts_new(). Set idle_below and
 * idle_above before counting.
 */
struct entry_counts {
	uint64_t total;
	uint64_t by_protocol[256];
	uint64_t by_state[TCP_STATES]; /* TCP only */
	/* Without offloaded entries. */
	uint64_t by_time[TIME_BANDS];
	uint64_t by_state_and_time[TCP_STATES][TIME_BANDS]; /* TCP only */
	uint64_t unreplied, assured, offloaded;
	/*
	 * The kernel gives assured UDP entries the timeout udp_stream, and all others the timeout
	 * udp (nf_conntrack_proto_udp.c).
	 */
	uint64_t udp_unreplied, udp_assured;
	/*
	 * ESTABLISHED, replied TCP entries with a remaining time between the two bounds, which have
	 * been idle for a long time. Entries with no more than idle_above are not counted: the
	 * kernel gives an established connection one of the timeouts unacknowledged and max_retrans
	 * only while data is on its way (tcp_packet(), nf_conntrack_proto_tcp.c, 4.18 to 7.2).
	 */
	uint32_t idle_below; /* seconds; 0: none is counted */
	uint32_t idle_above; /* seconds */
	uint64_t idle;
	struct port_counts tcp, udp;
	struct holders *holders; /* not owned; NULL: who holds the entries is not counted */
	struct cutoffs *cutoffs; /* not owned; NULL: no timeout becomes shorter; needs holders */
	struct sample *sample;	 /* not owned; NULL: no sample is taken */
};

/* Makes zeroed counts, which the caller must free(). Returns -ENOMEM. */
MUST_CHECK int entry_counts_new(struct entry_counts **ret);
void entry_counts_add(struct entry_counts *counts, const struct entry *entry);

/*
 * Returns the name of a protocol: "tcp", "udp", "icmp", "icmpv6", "sctp", "dccp", "gre", "udplite",
 * or NULL.
 */
const char *protocol_to_string(uint8_t protocol);

/*
 * Parses a line of /proc/net/nf_conntrack without its newline (ct_seq_show(),
 * nf_conntrack_standalone.c, 4.18 to 7.2). Returns -EBADMSG for any other line.
 */
MUST_CHECK int entry_parse(const char *line, struct entry *ret);

/*
 * Reads a message of ctnetlink's dump, IPCTNL_MSG_CT_NEW, behind its struct nfgenmsg
 * (ctnetlink_fill_info(), nf_conntrack_netlink.c). Returns -EBADMSG for any other message.
 */
MUST_CHECK int entry_read_message(const void *bytes, size_t size, struct entry *ret);
