/* The owners of addresses: containers, units and processes of this host, with their entries. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "model/table/heavy.h"

enum owner_kind {
	OWNER_HOST, /* this host: nobody holds the port any more, or the protocol has no ports */
	OWNER_CONTAINER,
	OWNER_POD,
	OWNER_MACHINE,
	OWNER_UNIT,
	OWNER_PROCESS,
	OWNER_NAMESPACE, /* a network namespace of which nothing else is known */
	OWNER_KINDS,
};
/* Returns "this host", "container", "pod", "machine", "unit", "process" or "namespace". */
const char *owner_kind_to_string(enum owner_kind kind);

struct owner {
	enum owner_kind kind;
	char *name; /* owned; foreign text; "" for OWNER_HOST */
	uint64_t entries;
};

/*
 * The most owners and addresses that are held. An owner more has no name, and an address more has
 * no owner.
 */
#define OWNERS_MAX    4096U
#define ADDRESSES_MAX 8192U
/* No owner: not an index of `items`. */
#define OWNER_NONE UINT16_MAX

struct owned_address {
	struct heavy_key key; /* family 0: the slot is free */
	uint16_t owner;	      /* OWNER_NONE: two namespaces have this address */
};

/* Start with {0} and a seed. The first owner is this host. */
struct owners {
	struct owner *items;
	size_t count;
	struct owned_address *slots; /* a hash table, half of it free */
	size_t slot_count, address_count;
	uint64_t seed;
	bool cut; /* whether a bound left out an owner or an address */
};
void owners_done(struct owners *owners);

/*
 * Finds the owner, or adds it. *ret: its index, or OWNER_NONE if there are OWNERS_MAX. -ENOMEM.
 */
MUST_CHECK int owners_find(struct owners *owners, enum owner_kind kind, const char *name,
			   uint16_t *ret);

/*
 * Notes that the owner has this address; bytes: 4 for AF_INET, 16 for AF_INET6. Loopback,
 * link-local and multicast addresses of others are left out, because each namespace has them. An
 * address of this host stays this host's; another one that two owners have is nobody's. -ENOMEM.
 */
MUST_CHECK int owners_add_address(struct owners *owners, uint16_t owner, uint8_t family,
				  const uint8_t *bytes);

/* Returns whose the address is, or OWNER_NONE. Loopback addresses are this host's. */
uint16_t owners_of_address(const struct owners *owners, const struct heavy_key *key);
