/* Keeps a sample of the entries of one look, by which the next look knows which are new. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/sample.h"

#include <errno.h>
#include <string.h>

int sample_new(uint64_t seed, struct sample **ret)
{
	struct sample *sample = calloc(1, sizeof(*sample));

	if (!sample)
		return -ENOMEM;
	sample->seed = seed;
	*ret = sample;
	return 0;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* Spreads a hash so that its highest bits, which choose the sample, depend on every bit of it. */
static uint64_t spread(uint64_t hash)
{
	hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
	return hash ^ hash >> 31;
}

static uint64_t mix_address(uint64_t hash, const uint8_t address[16])
{
	uint64_t words[2];

	memcpy(words, address, sizeof(words));
	hash = mix(hash, words[0]);
	return words[1] != 0 ? mix(hash, words[1]) : hash;
}

static uint64_t hash_entry(const struct entry *entry, uint64_t seed)
{
	uint64_t hash =
		mix(seed, (uint64_t)entry->id << 32 | (uint32_t)entry->source << 16 | entry->port);

	hash = mix_address(hash, entry->addresses.source);
	hash = mix_address(hash, entry->addresses.target);
	return spread(mix(hash, (uint64_t)entry->protocol << 8 | entry->addresses.family));
}

static bool is_at_level(uint64_t hash, unsigned int level)
{
	return level == 0 || hash >> (64 - level) == 0;
}

static void raise_level(struct sample *sample)
{
	size_t kept = 0;

	sample->level++;
	for (size_t i = 0; i < sample->count; i++)
		if (is_at_level(sample->hashes[i], sample->level))
			sample->hashes[kept++] = sample->hashes[i];
	sample->count = kept;
}

void sample_add(struct sample *sample, const struct entry *entry)
{
	uint64_t hash = hash_entry(entry, sample->seed);

	sample->has_ids = entry->has_id;
	if (!is_at_level(hash, sample->level))
		return;
	while (sample->count == SAMPLE_MOST && sample->level < SAMPLE_LEVEL_MOST)
		raise_level(sample);
	if (sample->count == SAMPLE_MOST)
		sample->broken = true;
	else if (is_at_level(hash, sample->level))
		sample->hashes[sample->count++] = hash;
}

static int compare_hashes(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return one < other ? -1 : one > other;
}

void sample_finish(struct sample *sample)
{
	size_t kept = 0;

	qsort(sample->hashes, sample->count, sizeof(sample->hashes[0]), compare_hashes);
	for (size_t i = 0; i < sample->count; i++)
		if (kept == 0 || sample->hashes[i] != sample->hashes[kept - 1])
			sample->hashes[kept++] = sample->hashes[i];
	sample->count = kept;
}

size_t sample_count_at(const struct sample *sample, unsigned int level)
{
	size_t low = 0, high = sample->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_at_level(sample->hashes[middle], level))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
