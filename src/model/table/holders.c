/* Counts the holders of entries: sources, networks, destinations, port forwards, owners. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/holders.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* The bytes of an address that are its network: /24 and /64. */
#define NETWORK_BYTES4 3
#define NETWORK_BYTES6 8

struct holders *holders_free(struct holders *holders)
{
	if (!holders)
		return NULL;
	free(holders->sources);
	free(holders->networks);
	free(holders->destinations);
	free(holders->forwards);
	free(holders->port_owners);
	free(holders->own);
	owners_done(&holders->owners);
	free(holders);
	return NULL;
}

int holders_new(uint64_t seed, struct holders **ret)
{
	struct holders *CLEANUP(holders_freep) holders = calloc(1, sizeof(*holders));
	struct heavy **parts[5];
	uint16_t host;
	int error = 0;

	if (!holders)
		return -ENOMEM;
	parts[0] = &holders->sources;
	parts[1] = &holders->networks;
	parts[2] = &holders->destinations;
	parts[3] = &holders->forwards;
	parts[4] = &holders->own;
	for (size_t i = 0; i < ARRAY_SIZE(parts) && error == 0; i++)
		error = heavy_new(seed + i, parts[i]);
	holders->owners.seed = seed;
	if (error == 0)
		error = owners_find(&holders->owners, OWNER_HOST, "", &host);
	if (error == 0)
		*ret = steal_pointer(&holders);
	return error;
}

static struct heavy_key key_of(const struct entry *entry, const uint8_t *address)
{
	struct heavy_key key = {.family = entry->addresses.family};

	memcpy(key.address, address, sizeof(key.address));
	return key;
}

static struct heavy_key network_of(const struct heavy_key *address)
{
	struct heavy_key key = {.family = address->family};

	memcpy(key.address, address->address,
	       key.family == AF_INET ? NETWORK_BYTES4 : NETWORK_BYTES6);
	return key;
}

struct entry_owner holders_find_owner(const struct holders *holders, const struct entry *entry)
{
	const struct entry_addresses *addresses = &entry->addresses;
	struct entry_owner found = {
		.has_port = entry->protocol == IPPROTO_TCP || entry->protocol == IPPROTO_UDP,
		.port = entry->source,
		.address = key_of(entry, addresses->source),
	};

	found.owner = owners_of_address(&holders->owners, &found.address);
	if (found.owner == OWNER_NONE) {
		found.port = addresses->server_port;
		found.address = key_of(entry, addresses->server);
		found.owner = owners_of_address(&holders->owners, &found.address);
	}
	return found;
}

/* Counts an entry of one of this host's own addresses by the port there. */
static void add_local(struct holders *holders, uint8_t protocol, const struct entry_owner *found)
{
	struct heavy_key key = found->address;

	key.port = found->port;
	key.protocol = protocol;
	heavy_add(holders->own, &key, false);
	holders->local[protocol == IPPROTO_TCP ? LOCAL_TCP : LOCAL_UDP][found->port]++;
}

/* Counts the entry for its owner. Returns whether this host knows one. */
static bool add_owned(struct holders *holders, const struct entry *entry)
{
	struct entry_owner found = holders_find_owner(holders, entry);

	if (found.owner == OWNER_NONE)
		return false;
	if (found.owner == 0 && found.has_port)
		add_local(holders, entry->protocol, &found);
	else
		holders->owners.items[found.owner].entries++;
	return true;
}

/* Counts an entry whose target was translated: a port forward. */
static void add_forward(struct holders *holders, const struct entry *entry)
{
	const struct entry_addresses *addresses = &entry->addresses;
	struct heavy_key key = key_of(entry, addresses->server);

	if (memcmp(addresses->target, addresses->server, sizeof(addresses->target)) == 0 &&
	    entry->port == addresses->server_port)
		return;
	key.port = addresses->server_port;
	key.protocol = entry->protocol;
	heavy_add(holders->forwards, &key, false);
}

void holders_add(struct holders *holders, const struct entry *entry)
{
	struct heavy_key source, target, network;
	bool foreign;

	if (entry->addresses.family == 0)
		return;
	source = key_of(entry, entry->addresses.source);
	target = key_of(entry, entry->addresses.target);
	network = network_of(&source);
	holders->total++;
	foreign = !add_owned(holders, entry);
	holders->foreign += foreign;
	heavy_add(holders->sources, &source, foreign);
	heavy_add(holders->networks, &network, foreign);
	heavy_add(holders->destinations, &target, false);
	add_forward(holders, entry);
}

int holders_keep_ports(struct holders *holders)
{
	if (!holders->port_owners)
		holders->port_owners =
			calloc((size_t)LOCAL_PROTOCOLS * 65536, sizeof(*holders->port_owners));
	return holders->port_owners ? 0 : -ENOMEM;
}

uint16_t holders_port_owner(const struct holders *holders, enum local_protocol protocol,
			    uint16_t port)
{
	return holders->port_owners ? holders->port_owners[(size_t)protocol * 65536 + port] : 0;
}

void holders_assign_port(struct holders *holders, enum local_protocol protocol, uint16_t port,
			 uint16_t owner)
{
	uint32_t *entries = &holders->local[protocol][port];

	if (*entries > 0 && holders->port_owners && owner != OWNER_NONE)
		holders->port_owners[(size_t)protocol * 65536 + port] = owner;
	holders->owners.items[owner == OWNER_NONE ? 0 : owner].entries += *entries;
	*entries = 0;
}

void holders_assign_address(struct holders *holders, enum local_protocol protocol,
			    const struct heavy_key *address, uint16_t owner)
{
	uint32_t *left = &holders->local[protocol][address->port];
	struct heavy_key key = *address;
	uint32_t entries, others;

	key.protocol = protocol == LOCAL_TCP ? IPPROTO_TCP : IPPROTO_UDP;
	entries = heavy_mark(holders->own, &key);
	others = entries < *left ? *left - entries : 0;
	*left -= others;
	holders_assign_port(holders, protocol, address->port, owner);
	*left = others;
}

void holders_assign_rest(struct holders *holders)
{
	for (int protocol = 0; protocol < LOCAL_PROTOCOLS; protocol++)
		for (uint32_t port = 0; port < 65536; port++)
			holders_assign_port(holders, (enum local_protocol)protocol, (uint16_t)port,
					    OWNER_NONE);
}

size_t holders_top_owners(const struct holders *holders, size_t *ret, size_t most)
{
	const struct owner *items = holders->owners.items;
	size_t found = 0;

	for (size_t i = 0; i < holders->owners.count; i++) {
		size_t at = found;

		while (at > 0 && items[ret[at - 1]].entries < items[i].entries)
			at--;
		if (items[i].entries == 0 || at == most)
			continue;
		found += found < most;
		for (size_t k = found - 1; k > at; k--)
			ret[k] = ret[k - 1];
		ret[at] = i;
	}
	return found;
}

static size_t insert_port(struct port_item *ret, size_t found, size_t most,
			  const struct port_item *item)
{
	size_t at = found;

	while (at > 0 && ret[at - 1].entries < item->entries)
		at--;
	if (item->entries == 0 || at == most)
		return found;
	found += found < most;
	for (size_t k = found - 1; k > at; k--)
		ret[k] = ret[k - 1];
	ret[at] = *item;
	return found;
}

size_t entries_top_ports(const struct entry_counts *counts, struct port_item *ret, size_t most)
{
	size_t found = 0;

	/* Port 0 also counts the entries that have no port. */
	for (uint32_t port = 1; port < 65536; port++) {
		const struct port_item tcp = {IPPROTO_TCP, (uint16_t)port,
					      counts->tcp.destinations[port]};
		const struct port_item udp = {IPPROTO_UDP, (uint16_t)port,
					      counts->udp.destinations[port]};

		found = insert_port(ret, found, most, &tcp);
		found = insert_port(ret, found, most, &udp);
	}
	return found;
}

void holder_to_text(const struct heavy_key *key, bool network, char ret[HOLDER_TEXT_SIZE])
{
	char address[INET6_ADDRSTRLEN];
	const char *length = key->family == AF_INET ? "/24" : "/64";

	if (!inet_ntop(key->family, key->address, address, sizeof(address)))
		(void)snprintf(address, sizeof(address), "?");
	(void)snprintf(ret, HOLDER_TEXT_SIZE, "%s%s", address, network ? length : "");
}
