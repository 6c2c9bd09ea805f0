/* The arithmetic of the table: the kernel's defaults and rounding, memory, automatic sizes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan/sizes.h"

#include <errno.h>
#include <string.h>

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

int sizes_copy(const struct sizes *from, struct sizes *to)
{
	char *inputs = strdup(from->inputs);

	if (!inputs)
		return -ENOMEM;
	free(to->inputs);
	to->inputs = inputs;
	to->ram = from->ram;
	to->max = from->max;
	to->hashsize = from->hashsize;
	return 0;
}

bool facts_before(const struct facts *facts, unsigned int major, unsigned int minor)
{
	if (facts->release[0] == 0)
		return false;
	return facts->release[0] < major ||
	       (facts->release[0] == major && facts->release[1] < minor);
}

/*
 * Rounds up to a multiple of step. Saturates: above the largest multiple that fits 64 bits, returns
 * that multiple.
 */
static uint64_t round_up(uint64_t number, uint64_t step)
{
	if (number > UINT64_MAX / step * step)
		return UINT64_MAX / step * step;
	return number / step * step + (number % step ? step : 0);
}

static unsigned int known_word(unsigned int word_size)
{
	return word_size ? word_size : WORD_SIZE_USUAL;
}

uint64_t sizes_round_buckets(uint64_t buckets, unsigned long page_size, unsigned int word_size)
{
	return round_up(buckets, (page_size ? page_size : PAGE_SIZE_USUAL) / known_word(word_size));
}

uint64_t sizes_own_max(uint64_t buckets)
{
	return buckets * RATIO_REFUSE;
}

static uint64_t default_buckets(const struct facts *facts)
{
	bool old = facts_before(facts, 5, 15);
	unsigned int word = known_word(facts->word_size);
	uint64_t page = facts->page_size ? facts->page_size : PAGE_SIZE_USUAL;
	uint64_t pages = facts->ram / page;
	uint64_t buckets = pages * page / 16384 / word;

	/* Since 5.15 the largest default is for BITS_PER_LONG >= 64 alone. */
	if (pages > 4 * GIB / page && (old || word >= 8))
		buckets = old ? 65536 : 262144;
	else if (pages > GIB / page)
		buckets = old ? 16384 : 65536;
	else if (buckets < (old ? 32 : 1024))
		buckets = old ? 32 : 1024;
	return buckets;
}

void sizes_of_kernel(const struct facts *facts, uint64_t hashsize, uint64_t expect_hashsize,
		     struct table_sizes *ret)
{
	uint64_t factor = RATIO_REFUSE;

	if (hashsize == 0) {
		factor = facts_before(facts, 5, 15) ? 4 : 1;
		hashsize = default_buckets(facts);
	}
	ret->hashsize = sizes_round_buckets(hashsize, facts->page_size, facts->word_size);
	ret->max = ret->hashsize * factor;

	if (expect_hashsize == 0)
		expect_hashsize = ret->hashsize / 256 ? ret->hashsize / 256 : 1;
	ret->expect_max = expect_hashsize * 4;
	ret->expect_hashsize =
		sizes_round_buckets(expect_hashsize, facts->page_size, facts->word_size);
}

uint64_t sizes_entry_bytes(const struct facts *facts)
{
	if (facts->word_size == 4)
		return 384;
	return facts_before(facts, 6, 1) ? 342 : 256;
}

struct chain_limit sizes_chain_limit(const struct facts *facts)
{
	if (facts_before(facts, 5, 15))
		return (struct chain_limit){0, 0};
	return facts_before(facts, 6, 3) ? (struct chain_limit){8, 79}
					 : (struct chain_limit){50, 79};
}

uint64_t sizes_chain_entries(struct chain_limit limit, uint64_t buckets)
{
	return buckets * limit.low / 2;
}

uint64_t sizes_array_bytes(uint64_t buckets, unsigned int word_size)
{
	uint64_t bytes;

	if (__builtin_mul_overflow(buckets, known_word(word_size), &bytes))
		return UINT64_MAX;
	return bytes;
}

uint64_t sizes_bucket_bytes(uint64_t buckets, unsigned long page_size, unsigned int word_size)
{
	return sizes_array_bytes(sizes_round_buckets(buckets, page_size, word_size), word_size);
}

uint64_t sizes_table_bytes(const struct facts *facts, uint64_t max, uint64_t hashsize)
{
	uint64_t bytes;

	if (__builtin_mul_overflow(max, sizes_entry_bytes(facts), &bytes) ||
	    __builtin_add_overflow(bytes,
				   sizes_bucket_bytes(hashsize, facts->page_size, facts->word_size),
				   &bytes))
		return UINT64_MAX;
	return bytes;
}

uint64_t sizes_round_ram(uint64_t ram)
{
	return round_up(ram, 256 * MIB);
}

uint64_t sizes_share(uint64_t bytes, uint64_t percent)
{
	return bytes / 100 * percent + bytes % 100 * percent / 100;
}

uint64_t sizes_crowding_entries(uint64_t max)
{
	return sizes_share(max, 80) + 1;
}

uint64_t sizes_auto_max(const struct facts *facts, uint64_t limit)
{
	struct facts rounded = *facts;
	struct table_sizes kernel;
	uint64_t most, max = AUTO_MAX_LARGEST;

	rounded.ram = sizes_round_ram(facts->ram);
	most = sizes_share(rounded.ram, AUTO_SHARE_PERCENT);
	if (limit < most)
		most = limit;
	while (max > 1 && sizes_table_bytes(&rounded, max, max) > most)
		max /= 2;

	sizes_of_kernel(&rounded, 0, 0, &kernel);
	return max > kernel.max ? max : kernel.max;
}
