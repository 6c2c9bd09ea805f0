/* Computes sizes of the table from the number of connections that a host expects. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan/sizing.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "model/plan/sizes.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

/* The kernel's default for answered UDP up to Linux 4.19 (nf_conntrack_proto_udp.c). */
#define UDP_STREAM_OLD 180U

static uint64_t divide_up(uint64_t number, uint64_t by)
{
	return number / by + (number % by > 0);
}

/* Returns the timeout as configured, or else the kernel's default, in seconds. */
static uint64_t find_timeout(const struct sizing_request *request, const char *name)
{
	int i = schema_find("timeouts", name);

	assert(i >= 0);
	if (request->config->values[i].set)
		return request->config->values[i].number;
	return strtoull(schema[i].fallback, NULL, 10);
}

static void find_timeouts(const struct sizing_request *request, struct sizing *sizing)
{
	int stream = schema_find("timeouts", "udp_stream");

	assert(stream >= 0);
	sizing->established = find_timeout(request, "tcp_established");
	sizing->time_wait = find_timeout(request, "tcp_time_wait");
	sizing->udp = find_timeout(request, "udp");
	sizing->udp_stream = find_timeout(request, "udp_stream");
	if (!request->config->values[stream].set && facts_before(request->facts, 5, 0))
		sizing->udp_stream = UDP_STREAM_OLD;
	sizing->closed_seconds = sizing->time_wait;
	if (sizing->closed_seconds < sizing->udp)
		sizing->closed_seconds = sizing->udp;
	if (sizing->closed_seconds < sizing->udp_stream)
		sizing->closed_seconds = sizing->udp_stream;
}

/* The products cannot overflow: a timeout is at most TIMEOUT_MAX_HZ100. */
static int count_entries(struct sizing *sizing)
{
	sizing->closed = sizing->new_per_second * sizing->closed_seconds;
	sizing->entries = sizing->connections + sizing->closed;
	return sizing->entries <= SIZING_ENTRIES_MAX ? 0 : -ERANGE;
}

/* Rounds up to a power of two, or above SIZING_STEP to a multiple of it. */
static uint64_t round_size(uint64_t entries)
{
	uint64_t power = 1024;

	if (entries > SIZING_STEP)
		return divide_up(entries, SIZING_STEP) * SIZING_STEP;
	while (power < entries)
		power *= 2;
	return power;
}

/* Chooses max; never less than the kernel's own default, which is free until it is used. */
static void choose_sizes(const struct sizing_request *request, struct sizing *sizing)
{
	struct table_sizes kernel = {0};

	sizing->max = round_size(SIZING_FACTOR * sizing->entries);
	if (request->facts->ram > 0)
		sizes_of_kernel(request->facts, 0, 0, &kernel);
	sizing->is_default = kernel.max >= sizing->max;
	if (sizing->is_default)
		sizing->max = kernel.max;
	sizing->hashsize = sizing->max < HASHSIZE_MAX ? sizing->max : HASHSIZE_MAX;
	sizing->chain_entries =
		sizes_chain_entries(sizes_chain_limit(request->facts), sizing->hashsize);
}

/* No sum overflows: max and the buckets are below 2^31. */
static void count_memory(const struct sizing_request *request, struct sizing *sizing)
{
	const struct facts *facts = request->facts;

	sizing->memory = sizes_table_bytes(facts, sizing->max, sizing->hashsize) +
			 sizes_bucket_bytes(request->config->values[SETTING_EXPECT_HASHSIZE].number,
					    facts->page_size, facts->word_size);
	sizing->entry_memory = sizing->max * sizes_entry_bytes(facts);
	sizing->nat_memory = sizing->max * ENTRY_EXTENSION_BYTES;
}

/* Finds the least memory_limit for a table that exceeds the present one, if the RAM is enough. */
static enum sizing_fit propose_limit(uint64_t ram, struct sizing *sizing)
{
	uint64_t percent;

	if (ram == 0) {
		sizing->limit_mib = divide_up(sizing->memory, MIB);
		return SIZING_NEEDS_LIMIT;
	}
	percent = divide_up(sizing->memory, ram / 100);
	if (percent > SIZING_SHARE_MAX)
		return SIZING_NEEDS_RAM;
	sizing->limit_percent = percent;
	return SIZING_NEEDS_LIMIT;
}

static void judge_fit(const struct sizing_request *request, struct sizing *sizing)
{
	const struct config_value *limit = &request->config->values[SETTING_MEMORY_LIMIT];
	uint64_t ram = sizes_round_ram(request->facts->ram);
	uint64_t percent = limit->percent ? limit->number : MEMORY_SHARE_USUAL;

	sizing->ram = request->facts->ram;
	sizing->ram_needed = divide_up(divide_up(sizing->memory, percent) * 100, GIB) * GIB;
	if (!limit->percent)
		sizing->limit = limit->number;
	else if (ram > 0)
		sizing->limit = sizes_share(ram, limit->number);
	if (sizing->limit == 0)
		sizing->fit = SIZING_RAM_UNKNOWN;
	else if (sizing->memory <= sizing->limit)
		sizing->fit = SIZING_FITS;
	else
		sizing->fit = propose_limit(ram, sizing);
}

int sizing_compute(const struct sizing_request *request, struct sizing *ret)
{
	struct sizing sizing = {
		.connections = request->connections,
		.new_per_second = request->new_per_second,
	};
	int error;

	assert(request->connections <= CONNECTIONS_MAX);
	assert(request->new_per_second <= NEW_PER_SECOND_MAX);
	find_timeouts(request, &sizing);
	error = count_entries(&sizing);
	if (error < 0)
		return error;
	choose_sizes(request, &sizing);
	count_memory(request, &sizing);
	judge_fit(request, &sizing);
	*ret = sizing;
	return 0;
}

void sizing_add_ini(const struct sizing *sizing, struct buffer *b)
{
	buffer_printf(b, "[conntrack]\nmax = %" PRIu64 "\nhashsize = %" PRIu64 "\n", sizing->max,
		      sizing->hashsize);
	if (sizing->limit_percent > 0)
		buffer_printf(b, "memory_limit = %" PRIu64 "%%\n", sizing->limit_percent);
	if (sizing->limit_mib > 0)
		buffer_printf(b, "memory_limit = %" PRIu64 "M\n", sizing->limit_mib);
}

uint64_t sizing_unclosed(const struct sizing *sizing, uint64_t seconds)
{
	return sizing->new_per_second * seconds / 100;
}
