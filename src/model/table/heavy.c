/* Finds the most frequent keys of a long stream in constant memory, with a computed error. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/heavy.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int heavy_new(uint64_t seed, struct heavy **ret)
{
	struct heavy *heavy = calloc(1, sizeof(*heavy));

	if (!heavy)
		return -ENOMEM;
	heavy->seed = seed;
	*ret = heavy;
	return 0;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

uint64_t heavy_hash(const struct heavy_key *key, uint64_t seed)
{
	uint64_t words[2];
	uint32_t rest;

	memcpy(words, key->address, sizeof(words));
	memcpy(&rest, &key->port, sizeof(rest));
	seed = mix(seed, words[0]);
	if (words[1] != 0)
		seed = mix(seed, words[1]);
	return mix(seed, rest);
}

static bool is_same(const struct heavy_key *a, const struct heavy_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Returns the slot of the key, or the free slot where it belongs. At least half are free. */
static struct heavy_item *find_slot(struct heavy *heavy, const struct heavy_key *key)
{
	size_t at = heavy_hash(key, heavy->seed) % HEAVY_SLOTS;

	while (heavy->slots[at].count > 0 && !is_same(&heavy->slots[at].key, key))
		at = (at + 1) % HEAVY_SLOTS;
	return &heavy->slots[at];
}

/* Returns the upper bound of how often the key of the item was counted. */
static uint32_t bound_of(const struct heavy_item *item)
{
	uint32_t bound;

	return __builtin_add_overflow(item->count, item->error, &bound) ? UINT32_MAX : bound;
}

static int compare_bounds(const void *a, const void *b)
{
	const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* Returns the largest bound of the half of the items with the smallest bounds. */
static uint32_t find_median(const struct heavy_item *items, size_t count)
{
	uint32_t bounds[HEAVY_MOST];

	assert(count == HEAVY_MOST);
	for (size_t i = 0; i < count; i++)
		bounds[i] = bound_of(&items[i]);
	qsort(bounds, count, sizeof(bounds[0]), compare_bounds);
	return bounds[count / 2 - 1];
}

/* Forgets at least half of the keys: those with the smallest bounds. */
static void forget_rarest(struct heavy *heavy)
{
	struct heavy_item items[HEAVY_MOST];
	size_t count = 0;

	for (size_t i = 0; i < HEAVY_SLOTS; i++)
		if (heavy->slots[i].count > 0)
			items[count++] = heavy->slots[i];
	heavy->forgotten = find_median(items, count);
	memset(heavy->slots, 0, sizeof(heavy->slots));
	heavy->used = 0;
	for (size_t i = 0; i < count; i++)
		if (bound_of(&items[i]) > heavy->forgotten) {
			*find_slot(heavy, &items[i].key) = items[i];
			heavy->used++;
		}
}

void heavy_add(struct heavy *heavy, const struct heavy_key *key, bool marked)
{
	struct heavy_item *item = find_slot(heavy, key);

	heavy->total++;
	if (item->count == 0) {
		if (heavy->used == HEAVY_MOST) {
			forget_rarest(heavy);
			item = find_slot(heavy, key);
		}
		heavy->used++;
		*item = (struct heavy_item){.key = *key, .error = heavy->forgotten};
	}
	if (item->count < UINT32_MAX)
		item->count++;
	item->marked += marked && item->marked < item->count;
}

uint32_t heavy_mark(struct heavy *heavy, const struct heavy_key *key)
{
	struct heavy_item *item = find_slot(heavy, key);
	uint32_t unmarked = item->count - item->marked;

	item->marked = item->count;
	return unmarked;
}

static uint32_t weigh(const struct heavy_item *item, bool by_mark)
{
	return by_mark ? item->marked : item->count;
}

static bool is_before(const struct heavy_item *a, const struct heavy_item *b, bool by_mark)
{
	uint32_t left = weigh(a, by_mark), right = weigh(b, by_mark);

	return left != right ? left > right : memcmp(&a->key, &b->key, sizeof(a->key)) < 0;
}

static size_t find_top(const struct heavy *heavy, struct heavy_item *ret, size_t most, bool by_mark)
{
	size_t found = 0;

	for (size_t i = 0; i < HEAVY_SLOTS; i++) {
		const struct heavy_item *item = &heavy->slots[i];
		size_t at = found;

		if (weigh(item, by_mark) == 0)
			continue;
		while (at > 0 && is_before(item, &ret[at - 1], by_mark))
			at--;
		if (at == most)
			continue;
		found += found < most;
		for (size_t k = found - 1; k > at; k--)
			ret[k] = ret[k - 1];
		ret[at] = *item;
	}
	return found;
}

size_t heavy_top(const struct heavy *heavy, struct heavy_item *ret, size_t most)
{
	return find_top(heavy, ret, most, false);
}

size_t heavy_top_marked(const struct heavy *heavy, struct heavy_item *ret, size_t most)
{
	return find_top(heavy, ret, most, true);
}
