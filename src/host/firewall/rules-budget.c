/* Bounds the bytes and the time of reading the rules of others. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/firewall/rules-budget.h"

#include <errno.h>
#include <time.h>

#define SECOND	    UINT64_C(1000000000)
#define MILLISECOND UINT64_C(1000000)

static uint64_t read_clock(clockid_t clock)
{
	struct timespec now = {0};

	(void)clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

void rules_budget_start(struct rules_budget *ret)
{
	*ret = (struct rules_budget){
		.bytes = RULES_BYTES_OF_ALL_MAX,
		.processor_until = read_clock(CLOCK_PROCESS_CPUTIME_ID) +
				   RULES_MILLISECONDS_OF_ALL_MAX * MILLISECOND,
		.clock_until = read_clock(CLOCK_MONOTONIC) + RULES_WAIT_MAX * SECOND,
	};
}

struct rules_budget rules_budget_of_one(const struct rules_budget *all)
{
	struct rules_budget budget = *all;
	uint64_t until =
		read_clock(CLOCK_PROCESS_CPUTIME_ID) + RULES_MILLISECONDS_MAX * MILLISECOND;

	if (budget.bytes > RULES_BYTES_MAX)
		budget.bytes = RULES_BYTES_MAX;
	if (budget.processor_until > until)
		budget.processor_until = until;
	return budget;
}

int rules_budget_spend(struct rules_budget *budget, size_t bytes)
{
	if (bytes > budget->bytes)
		return -EFBIG;
	budget->bytes -= bytes;
	if (read_clock(CLOCK_PROCESS_CPUTIME_ID) >= budget->processor_until ||
	    read_clock(CLOCK_MONOTONIC) >= budget->clock_until)
		return -ETIME;
	return 0;
}
