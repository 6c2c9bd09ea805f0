/* Counts the entries of the table by protocol, TCP state and remaining time. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/entries.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "model/table/cutoffs.h"
#include "model/table/holders.h"
#include "model/table/sample.h"

const uint32_t time_band_ends[TIME_BANDS] = {30, 120, 600, 3600, 21600, 86400, 432000, UINT32_MAX};

const char *time_band_to_string(size_t band)
{
	static const char *const names[TIME_BANDS] = {"30s", "2m", "10m", "1h",
						      "6h",  "1d", "5d",  "more"};

	assert(band < TIME_BANDS);
	return names[band];
}

const char *tcp_state_to_string(enum tcp_state state)
{
	static const char *const names[TCP_STATES] = {
		"NONE",	      "SYN_SENT", "SYN_RECV",  "ESTABLISHED", "FIN_WAIT",
		"CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",	      "SYN_SENT2",
	};

	return state < TCP_STATES ? names[state] : NULL;
}

const char *protocol_to_string(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_DCCP:
		return "dccp";
	case IPPROTO_GRE:
		return "gre";
	case IPPROTO_ICMPV6:
		return "icmpv6";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_UDPLITE:
		return "udplite";
	default:
		return NULL;
	}
}

int entry_counts_new(struct entry_counts **ret)
{
	struct entry_counts *counts = calloc(1, sizeof(*counts));

	if (!counts)
		return -ENOMEM;
	*ret = counts;
	return 0;
}

static size_t band_of(uint32_t remaining)
{
	size_t band = 0;

	while (remaining > time_band_ends[band])
		band++;
	return band;
}

static void add_ports(struct port_counts *ports, const struct entry *entry)
{
	ports->destinations[entry->port]++;
	ports->sources[entry->source]++;
	ports->unreplied[entry->source] += !entry->replied;
}

static void add_tcp(struct entry_counts *counts, const struct entry *entry)
{
	counts->by_state[entry->state]++;
	add_ports(&counts->tcp, entry);
	if (entry->offloaded)
		return;
	counts->by_state_and_time[entry->state][band_of(entry->remaining)]++;
	counts->idle += entry->state == TCP_STATE_ESTABLISHED && entry->replied &&
			entry->remaining > counts->idle_above &&
			entry->remaining < counts->idle_below;
}

static void add_udp(struct entry_counts *counts, const struct entry *entry)
{
	add_ports(&counts->udp, entry);
	counts->udp_unreplied += !entry->replied;
	counts->udp_assured += entry->assured;
}

void entry_counts_add(struct entry_counts *counts, const struct entry *entry)
{
	counts->total++;
	counts->by_protocol[entry->protocol]++;
	counts->unreplied += !entry->replied;
	counts->assured += entry->assured;
	counts->offloaded += entry->offloaded;
	if (!entry->offloaded)
		counts->by_time[band_of(entry->remaining)]++;
	if (entry->protocol == IPPROTO_TCP)
		add_tcp(counts, entry);
	else if (entry->protocol == IPPROTO_UDP)
		add_udp(counts, entry);
	if (counts->holders)
		holders_add(counts->holders, entry);
	if (counts->cutoffs)
		cutoffs_add(counts->cutoffs, entry, counts->holders);
	if (counts->sample)
		sample_add(counts->sample, entry);
}
