/* The owners of addresses: containers, units and processes of this host, with their entries. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/owners.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"

#define SLOTS_LEAST 64U

const char *owner_kind_to_string(enum owner_kind kind)
{
	static const char *const names[OWNER_KINDS] = {
		[OWNER_HOST] = "this host",
		[OWNER_CONTAINER] = "container",
		[OWNER_POD] = "pod",
		[OWNER_MACHINE] = "machine",
		[OWNER_UNIT] = "unit",
		[OWNER_PROCESS] = "process",
		[OWNER_NAMESPACE] = "namespace",
	};

	assert(kind < OWNER_KINDS);
	return names[kind];
}

void owners_done(struct owners *owners)
{
	for (size_t i = 0; i < owners->count; i++)
		free(owners->items[i].name);
	free(owners->items);
	free(owners->slots);
	*owners = (struct owners){0};
}

int owners_find(struct owners *owners, enum owner_kind kind, const char *name, uint16_t *ret)
{
	struct owner owner = {.kind = kind};

	for (size_t i = 0; i < owners->count; i++)
		if (owners->items[i].kind == kind && strcmp(owners->items[i].name, name) == 0) {
			*ret = (uint16_t)i;
			return 0;
		}
	if (owners->count == OWNERS_MAX) {
		owners->cut = true;
		*ret = OWNER_NONE;
		return 0;
	}
	owner.name = strdup(name);
	if (!owner.name || array_grow(&owners->items, owners->count, sizeof(owner)) < 0) {
		free(owner.name);
		return -ENOMEM;
	}
	*ret = (uint16_t)owners->count;
	owners->items[owners->count++] = owner;
	return 0;
}

static bool is_loopback(uint8_t family, const uint8_t *bytes)
{
	static const uint8_t loopback6[16] = {[15] = 1};

	return family == AF_INET ? bytes[0] == 127 : memcmp(bytes, loopback6, 16) == 0;
}

/* Returns whether each network namespace may have the address, so that it shows no owner. */
static bool is_everywhere(uint8_t family, const uint8_t *bytes)
{
	static const uint8_t none[16] = {0};

	if (memcmp(bytes, none, family == AF_INET ? 4 : 16) == 0 || is_loopback(family, bytes))
		return true;
	if (family == AF_INET)
		return bytes[0] >= 224 || (bytes[0] == 169 && bytes[1] == 254);
	return bytes[0] == 0xff || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
}

/* Returns the slot of the address, or the free slot where it belongs. Half of them are free. */
static struct owned_address *find_slot(const struct owners *owners, const struct heavy_key *key)
{
	size_t mask = owners->slot_count - 1, at = heavy_hash(key, owners->seed) & mask;

	while (owners->slots[at].key.family != 0 &&
	       memcmp(&owners->slots[at].key, key, sizeof(*key)) != 0)
		at = (at + 1) & mask;
	return &owners->slots[at];
}

/* Makes room for one more address. -ENOMEM. */
static int grow_slots(struct owners *owners)
{
	struct owners grown = *owners;

	if (owners->slots && owners->address_count < owners->slot_count / 2)
		return 0;
	grown.slot_count = owners->slot_count ? owners->slot_count * 2 : SLOTS_LEAST;
	grown.slots = calloc(grown.slot_count, sizeof(*grown.slots));
	if (!grown.slots)
		return -ENOMEM;
	for (size_t i = 0; owners->slots && i < owners->slot_count; i++)
		if (owners->slots[i].key.family != 0)
			*find_slot(&grown, &owners->slots[i].key) = owners->slots[i];
	free(owners->slots);
	*owners = grown;
	return 0;
}

int owners_add_address(struct owners *owners, uint16_t owner, uint8_t family, const uint8_t *bytes)
{
	struct heavy_key key = {.family = family};
	struct owned_address *slot;
	int error;

	if (owner != 0 && is_everywhere(family, bytes))
		return 0;
	memcpy(key.address, bytes, family == AF_INET ? 4 : 16);
	error = grow_slots(owners);
	if (error < 0)
		return error;
	slot = find_slot(owners, &key);
	if (slot->key.family != 0) {
		if (owner == 0)
			slot->owner = 0;
		else if (slot->owner != owner && slot->owner != 0)
			slot->owner = OWNER_NONE;
		return 0;
	}
	if (owners->address_count == ADDRESSES_MAX) {
		owners->cut = true;
		return 0;
	}
	*slot = (struct owned_address){.key = key, .owner = owner};
	owners->address_count++;
	return 0;
}

uint16_t owners_of_address(const struct owners *owners, const struct heavy_key *key)
{
	const struct owned_address *slot;

	if (is_loopback(key->family, key->address))
		return 0;
	if (!owners->slots)
		return OWNER_NONE;
	slot = find_slot(owners, key);
	return slot->key.family != 0 ? slot->owner : OWNER_NONE;
}
