/* Counts the live entries that shorter timeouts concern, and whose they are. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/cutoffs.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/*
 * In `holders` of a cutoff, a key with one of these families is no address: its port is the index
 * of an owner, or a port of this host whose owner is found after the entries were read.
 */
#define FAMILY_OWNER 254U
#define FAMILY_PORT  255U

const char *cutoff_to_string(enum cutoff_id id)
{
	static const char *const names[CUTOFFS] = {
		"tcp_syn_sent",	 "tcp_syn_recv",   "tcp_established",
		"tcp_fin_wait",	 "tcp_close_wait", "tcp_last_ack",
		"tcp_time_wait", "tcp_close",	   "udp",
		"udp_stream",	 "icmp",	   "icmpv6",
		"generic",
	};

	assert(id < CUTOFFS);
	return names[id];
}

enum cutoff_id cutoff_find(const char *name)
{
	enum cutoff_id id = 0;

	while (id < CUTOFFS && strcmp(cutoff_to_string(id), name) != 0)
		id++;
	return id;
}

void cutoffs_done(struct cutoffs *cutoffs)
{
	for (size_t i = 0; i < CUTOFFS; i++) {
		if (cutoffs->items[i])
			free(cutoffs->items[i]->holders);
		free(cutoffs->items[i]);
	}
	*cutoffs = (struct cutoffs){0};
}

int cutoffs_set(struct cutoffs *cutoffs, enum cutoff_id id, uint32_t live, uint32_t shorter,
		uint64_t seed)
{
	struct cutoff *CLEANUP(free_pointer) cutoff = calloc(1, sizeof(*cutoff));
	int error;

	assert(shorter < live && !cutoffs->items[id]);
	if (!cutoff)
		return -ENOMEM;
	error = heavy_new(seed, &cutoff->holders);
	if (error < 0)
		return error;
	cutoff->live = live;
	cutoff->shorter = shorter;
	cutoffs->items[id] = steal_pointer(&cutoff);
	cutoffs->count++;
	return 0;
}

/*
 * Returns the timeout that the kernel gives an entry in this state. SYN_SENT2 has one of its own,
 * which cannot be set.
 */
static enum cutoff_id find_tcp(enum tcp_state state)
{
	static const enum cutoff_id ids[TCP_STATES] = {
		[TCP_STATE_NONE] = CUTOFFS,
		[TCP_STATE_SYN_SENT] = CUTOFF_TCP_SYN_SENT,
		[TCP_STATE_SYN_RECV] = CUTOFF_TCP_SYN_RECV,
		[TCP_STATE_ESTABLISHED] = CUTOFF_TCP_ESTABLISHED,
		[TCP_STATE_FIN_WAIT] = CUTOFF_TCP_FIN_WAIT,
		[TCP_STATE_CLOSE_WAIT] = CUTOFF_TCP_CLOSE_WAIT,
		[TCP_STATE_LAST_ACK] = CUTOFF_TCP_LAST_ACK,
		[TCP_STATE_TIME_WAIT] = CUTOFF_TCP_TIME_WAIT,
		[TCP_STATE_CLOSE] = CUTOFF_TCP_CLOSE,
		[TCP_STATE_SYN_SENT2] = CUTOFFS,
	};

	return ids[state];
}

static enum cutoff_id find_timeout(const struct entry *entry)
{
	switch (entry->protocol) {
	case IPPROTO_TCP:
		return find_tcp(entry->state);
	case IPPROTO_UDP:
		return entry->assured ? CUTOFF_UDP_STREAM : CUTOFF_UDP;
	case IPPROTO_ICMP:
		return CUTOFF_ICMP;
	case IPPROTO_ICMPV6:
		return CUTOFF_ICMPV6;
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
	case IPPROTO_GRE:
		return CUTOFFS;
	default:
		return CUTOFF_GENERIC;
	}
}

/*
 * Returns whether the entry may have got another timeout than the live one: it was made under a
 * longer one, or its data may be on its way.
 */
static bool is_unclear(const struct cutoffs *cutoffs, const struct cutoff *cutoff,
		       const struct entry *entry)
{
	return entry->remaining > cutoff->live ||
	       (entry->protocol == IPPROTO_TCP && cutoff->live > cutoffs->busy_least &&
		entry->remaining <= cutoffs->busy_most);
}

static void count_holder(struct cutoff *cutoff, const struct entry *entry,
			 const struct holders *holders)
{
	struct entry_owner found;
	struct heavy_key key = {.family = FAMILY_OWNER};

	if (entry->addresses.family == 0)
		return;
	found = holders_find_owner(holders, entry);
	if (found.owner == OWNER_NONE) {
		key.family = entry->addresses.family;
		memcpy(key.address, entry->addresses.source, sizeof(key.address));
	} else if (found.owner == 0 && found.has_port) {
		key.family = FAMILY_PORT;
		key.protocol = entry->protocol;
		key.port = found.port;
	} else {
		key.port = found.owner;
	}
	heavy_add(cutoff->holders, &key, false);
}

void cutoffs_add(struct cutoffs *cutoffs, const struct entry *entry, const struct holders *holders)
{
	enum cutoff_id id = entry->offloaded ? CUTOFFS : find_timeout(entry);
	struct cutoff *cutoff = id < CUTOFFS ? cutoffs->items[id] : NULL;

	if (!cutoff)
		return;
	cutoff->entries++;
	if (is_unclear(cutoffs, cutoff, entry)) {
		cutoff->unclear++;
	} else if (cutoff->live - entry->remaining > cutoff->shorter) {
		cutoff->silent++;
		count_holder(cutoff, entry, holders);
	}
}

/* Returns the index of the owner that a key means, or OWNER_NONE for an address. */
static uint16_t owner_of_key(const struct holders *holders, const struct heavy_key *key)
{
	if (key->family == FAMILY_OWNER)
		return key->port;
	if (key->family == FAMILY_PORT)
		return holders_port_owner(
			holders, key->protocol == IPPROTO_TCP ? LOCAL_TCP : LOCAL_UDP, key->port);
	return OWNER_NONE;
}

/* Puts the holder among the largest ones. Returns how many these are then. */
static size_t insert_holder(struct cutoff_holder *ret, size_t found, size_t most,
			    const struct cutoff_holder *holder)
{
	size_t at = found;

	while (at > 0 && ret[at - 1].entries < holder->entries)
		at--;
	if (holder->entries == 0 || at == most)
		return found;
	found += found < most;
	for (size_t k = found - 1; k > at; k--)
		ret[k] = ret[k - 1];
	ret[at] = *holder;
	return found;
}

int cutoff_top(const struct cutoff *cutoff, const struct holders *holders,
	       struct cutoff_holder *ret, size_t most, size_t *ret_count)
{
	uint32_t *CLEANUP(free_pointer) owned = calloc(holders->owners.count + 1, sizeof(*owned));
	struct heavy_item *CLEANUP(free_pointer) items = calloc(HEAVY_MOST, sizeof(*items));
	size_t count, found = 0;

	if (!owned || !items)
		return -ENOMEM;
	count = heavy_top(cutoff->holders, items, HEAVY_MOST);
	for (size_t i = 0; i < count; i++) {
		uint16_t owner = owner_of_key(holders, &items[i].key);
		const struct cutoff_holder other = {.address = items[i].key,
						    .entries = items[i].count};

		if (owner != OWNER_NONE)
			owned[owner] += items[i].count;
		else
			found = insert_holder(ret, found, most, &other);
	}
	for (size_t i = 0; i < holders->owners.count; i++) {
		const struct cutoff_holder owner = {.owner = &holders->owners.items[i],
						    .entries = owned[i]};

		found = insert_holder(ret, found, most, &owner);
	}
	*ret_count = found;
	return 0;
}
