/* Estimates how many entries came and went between two looks, by the samples of both. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/turnover.h"

#define US_PER_S UINT64_C(1000000)
/* Up to here few entries come and go between two looks: the kernel's default of tcp_close. */
#define SECONDS_COMPLETE 10

/* How many hashes of two samples are in one of them alone, and in both. */
struct overlap {
	size_t gone, came, kept;
};

static struct overlap find_overlap(const struct sample *before, const struct sample *now,
				   unsigned int level)
{
	const size_t then_count = sample_count_at(before, level);
	const size_t now_count = sample_count_at(now, level);
	struct overlap overlap = {0};

	for (size_t i = 0, k = 0; i < then_count && k < now_count;) {
		uint64_t then_hash = before->hashes[i], now_hash = now->hashes[k];

		overlap.kept += then_hash == now_hash;
		i += then_hash <= now_hash;
		k += now_hash <= then_hash;
	}
	overlap.gone = then_count - overlap.kept;
	overlap.came = now_count - overlap.kept;
	return overlap;
}

/* Returns the square root of a number of sampled entries, rounded up. */
static size_t root_of(size_t number)
{
	size_t root = 0;

	while (root * root < number)
		root++;
	return root;
}

/*
 * Scales a number of sampled entries up. The number follows a binomial distribution, which is
 * narrower than Poisson's. Twice the standard deviation, and a bit more for the smallest numbers,
 * holds 95 % of the cases.
 */
static struct turnover_rate rate_of(size_t sampled, unsigned int level, double seconds)
{
	const double each = (double)(UINT64_C(1) << level) / seconds;
	struct turnover_rate rate = {.rate = (double)sampled * each};

	if (level > 0)
		rate.error = (double)(2 * root_of(sampled + 1) + 1) * each;
	return rate;
}

static bool can_compare(const struct sample *before, const struct sample *now)
{
	if (!before || before->when == 0 || before->when >= now->when || before->broken ||
	    now->broken || before->seed != now->seed)
		return false;
	if (before->count > 0 && now->count > 0 && before->has_ids != now->has_ids)
		return false;
	return now->when - before->when >= TURNOVER_SECONDS_LEAST * US_PER_S &&
	       now->when - before->when <= TURNOVER_SECONDS_MOST * US_PER_S;
}

bool turnover_is_too_soon(const struct sample *before, const struct sample *now)
{
	return before && before->when > 0 && before->when <= now->when &&
	       now->when - before->when < TURNOVER_SECONDS_LEAST * US_PER_S;
}

void turnover_find(const struct sample *before, const struct sample *now, struct turnover *ret)
{
	struct overlap overlap;
	unsigned int level;

	*ret = (struct turnover){0};
	if (!can_compare(before, now))
		return;
	level = before->level > now->level ? before->level : now->level;
	overlap = find_overlap(before, now, level);
	if (before->recorded && overlap.gone > 0 && overlap.kept == 0)
		return;
	ret->known = true;
	ret->seconds = (double)(now->when - before->when) / (double)US_PER_S;
	ret->in = rate_of(overlap.came, level, ret->seconds);
	ret->out = rate_of(overlap.gone, level, ret->seconds);
	ret->at_least = ret->seconds > SECONDS_COMPLETE;
	ret->mostly_gone = ret->at_least && overlap.gone > overlap.kept;
}
