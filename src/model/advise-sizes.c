/* Advice on sizes: how full the table is, which max and how many buckets would do, what memory allows. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <limits.h>

#include "model/advise-internal.h"
#include "model/schema.h"
#include "model/sizes.h"

/* In percent of RAM: memory_limit where no configuration says more. */
#define LIMIT_PERCENT 25U

/* Up to a power of two; nothing here comes near the largest there is. */
static uint64_t power_up(uint64_t number)
{
	uint64_t power = 1;

	while (power < number && power < 1ULL << 62)
		power *= 2;
	return power;
}

/* The most a full table may take, bytes; UINT64_MAX where nobody knows. */
static uint64_t limit_bytes(const struct advise_request *request)
{
	uint64_t ram = request->table->facts.ram;

	if (request->memory_limit > 0)
		return request->memory_limit;
	return ram ? sizes_share(sizes_round_ram(ram), LIMIT_PERCENT) : UINT64_MAX;
}

/* A full table with as many buckets: by the release, as the configuration is judged, or as measured, if that is more. */
static uint64_t full_bytes(const struct advise_request *request, uint64_t max)
{
	const struct facts *facts = &request->table->facts;
	uint64_t judged = sizes_table_bytes(facts, max, max), entries, measured;

	if (__builtin_mul_overflow(max, request->judgement->entry_bytes, &entries) ||
	    __builtin_add_overflow(entries,
				   sizes_bucket_bytes(max, facts->page_size, facts->word_size),
				   &measured))
		return UINT64_MAX;
	return judged > measured ? judged : measured;
}

/* The largest power of two up to this one that fits in memory. */
static uint64_t fitting(const struct advise_request *request, uint64_t power)
{
	while (power > 1 && full_bytes(request, power) > limit_bytes(request))
		power /= 2;
	return power;
}

static void judge_namespaces(struct advice *advice)
{
	const struct table *table = advice->request->table;

	for (size_t i = 0; i < table->namespace_count; i++) {
		const struct namespace_table *one = &table->namespaces[i];
		uint64_t entries = one->entries.value;
		enum pressure pressure = PRESSURE_NONE;

		if (!one->entries.known)
			continue;
		if (entries >= table->max.value)
			pressure = PRESSURE_FULL;
		else if (entries * 10 > table->max.value * 8)
			pressure = PRESSURE_NEARLY;
		if (pressure > advice->pressure ||
		    (pressure == advice->pressure && pressure && entries > advice->peak)) {
			advice->pressure = pressure;
			advice->peak = entries;
			advice->where = one->where;
			advice->elsewhere = true;
		}
	}
}

/* Messages from before the values were set last say nothing of these. */
static bool was_full(const struct advise_request *request)
{
	const struct full_messages *messages = &request->table->messages;

	return request->judgement->verdict == VERDICT_WAS_FULL && messages->known &&
	       messages->count > 0 && (messages->last == 0 || messages->last >= request->applied);
}

static void judge_pressure(struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct judgement *judgement = request->judgement;
	const struct full_messages *messages = &request->table->messages;

	advice->peak = request->table->entries.value;
	if (judgement->verdict == VERDICT_FULL)
		advice->pressure = PRESSURE_FULL;
	else if (judgement->verdict == VERDICT_NEARLY_FULL ||
		 (judgement->share.known && judgement->share.value > 800))
		advice->pressure = PRESSURE_NEARLY;
	judge_namespaces(advice);
	if (advice->pressure == PRESSURE_NONE && was_full(request)) {
		advice->pressure = PRESSURE_WAS_FULL;
		advice->elsewhere = messages->namespaces >= messages->count;
	}
}

/* Buckets of the plan, as the kernel would round them. */
static uint64_t planned_buckets(const struct advise_request *request)
{
	return request->plan ? sizes_round_buckets(request->plan->sizes.hashsize,
						   request->table->facts.page_size,
						   request->table->facts.word_size)
			     : 0;
}

/* Whether chains are, were or will soon be too long. */
static bool chains_matter(const struct advise_request *request)
{
	const struct counters *counters = &request->table->counters;
	enum verdict verdict = request->judgement->verdict;

	return verdict == VERDICT_CHAINS || verdict == VERDICT_NEARLY_CHAINS ||
	       (counters->known[COUNTER_CHAIN_TOO_LONG] &&
		counters->value[COUNTER_CHAIN_TOO_LONG] > 0);
}

void advice_judge_sizes(struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct table *table = request->table;
	uint64_t max = table->max.value, wanted;

	/* 0 is no limit, up to Linux 6.18. */
	if (table->max.known && max > 0)
		judge_pressure(advice);
	if (request->plan && !table->foreign_max) {
		advice->max_waits = advice->pressure && request->plan->sizes.max > max;
		advice->hashsize_waits = chains_matter(request) && table->buckets.known &&
					 planned_buckets(request) > table->buckets.value;
	}
	if (advice->pressure == PRESSURE_NONE)
		return;
	/* What was wanted of a full table cannot be seen. */
	wanted = power_up(advice->pressure == PRESSURE_NEARLY ? 2 * advice->peak : 4 * max);
	if (wanted > AUTO_MAX_LARGEST)
		wanted = AUTO_MAX_LARGEST;
	advice->larger = fitting(request, wanted);
	if (advice->larger > max)
		return;
	advice->room = wanted > max ? ROOM_NO_MEMORY : ROOM_NONE_LARGER;
	advice->larger = 0;
}

void advice_add_room(struct advice *advice, struct buffer *b)
{
	uint64_t limit = limit_bytes(advice->request);

	if (advice->pressure == PRESSURE_NONE || advice->room == ROOM || advice->max_waits)
		return;
	advice->room_told = true;
	if (advice->room == ROOM_NONE_LARGER) {
		buffer_printf(b, " A max of more than %u is not advised.", AUTO_MAX_LARGEST);
		return;
	}
	buffer_add(b, " Memory does not allow a larger table: memory_limit is ");
	buffer_add_amount(b, limit);
	buffer_add(b, ".");
}

static void add_share_of_ram(struct buffer *b, uint64_t bytes, uint64_t ram)
{
	uint64_t tenths = ram && bytes <= UINT64_MAX / 1000 ? bytes * 1000 / ram : 0;

	if (ram == 0)
		return;
	if (tenths == 0)
		buffer_add(b, ", less than 0.1 % of the RAM");
	else
		buffer_printf(b, ", %" PRIu64 ".%" PRIu64 " %% of the RAM", tenths / 10,
			      tenths % 10);
}

/* What such a table takes; of one namespace. */
static void add_cost(const struct advise_request *request, uint64_t max, struct buffer *b)
{
	const struct table *table = request->table;
	uint64_t bytes = full_bytes(request, max);

	buffer_printf(b, " %" PRIu64 " entries and as many buckets take ", max);
	buffer_add_amount(b, bytes);
	add_share_of_ram(b, bytes, table->facts.ram);
	buffer_add(b, ", when full.");
	if (table->namespace_count > 0) {
		buffer_add(b, " max counts each network namespace by itself: ");
		advice_add_count(b, table->namespace_count, "other one here may take as much.",
				 "other ones here may take as much each.");
	}
}

/* Lines for sizes, or who may set them. */
static void set_sizes(const struct advise_request *request, uint64_t max, struct draft *draft)
{
	if (request->table->foreign_max) {
		buffer_printf(&draft->reason,
			      " max and hashsize are set in the first network namespace alone, of "
			      "which this container is not: on the host, write max = %" PRIu64
			      " and hashsize = auto.",
			      max);
		return;
	}
	buffer_printf(&draft->lines, "[conntrack]\nmax = %" PRIu64 "\nhashsize = auto", max);
	draft->command = "conntrack-persist install";
}

static void add_larger_title(const struct advice *advice, struct buffer *b)
{
	uint64_t max = advice->request->table->max.value;
	const char *how = advice->pressure == PRESSURE_FULL ? "too small" : "nearly full";

	if (advice->pressure == PRESSURE_WAS_FULL) {
		buffer_add(b, "The table was too small: new connections were dropped.");
	} else if (advice->where) {
		buffer_printf(
			b, "Another namespace's table is %s: %" PRIu64 " of %" PRIu64 " entries.",
			how, advice->peak, max);
	} else {
		buffer_printf(b, "The table is %s: ", how);
		advice_add_use(b, advice->peak, max);
		buffer_add(b, ".");
	}
}

void advice_larger_max(struct advice *advice)
{
	struct draft draft = {.kind = FINDING_LARGER_MAX};

	if (advice->larger == 0 || advice->max_waits)
		return;
	add_larger_title(advice, &draft.title);
	advice_add_pressure(advice, &draft.evidence);

	buffer_add(&draft.reason, "While it is full new connections are dropped, and known ones "
				  "go on.");
	if (advice->pressure != PRESSURE_NEARLY)
		buffer_add(&draft.reason, " How many were wanted then cannot be seen: the advice "
					  "is four times as many, as far as memory allows.");
	add_cost(advice->request, advice->larger, &draft.reason);
	if (advice->pressure == PRESSURE_FULL && !advice->where)
		buffer_add(
			&draft.reason,
			" \"conntrack -F\" empties the table now, as a stopgap only: connections "
			"with translated addresses (NAT) are cut, and others are dropped where "
			"rules ask for their state.");
	set_sizes(advice->request, advice->larger, &draft);
	advice_add(advice, &draft);
}

static void add_ratio(struct buffer *b, uint64_t entries, uint64_t buckets)
{
	uint64_t tenths = buckets ? entries * 10 / buckets : 0;

	buffer_printf(b, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

static void add_chains(const struct advise_request *request, struct buffer *b)
{
	const struct table *table = request->table;
	const struct counters *counters = &table->counters;

	advice_add_count(b, table->entries.value, "entry", "entries");
	buffer_printf(b, " in %" PRIu64 " buckets: ", table->buckets.value);
	add_ratio(b, table->entries.value, table->buckets.value);
	buffer_printf(b, " a bucket; with the present max of %" PRIu64 " up to ", table->max.value);
	add_ratio(b, table->max.value, table->buckets.value);
	buffer_add(b, ".");
	if (counters->known[COUNTER_CHAIN_TOO_LONG] &&
	    counters->value[COUNTER_CHAIN_TOO_LONG] > 0) {
		buffer_add(b, " ");
		advice_add_count(b, counters->value[COUNTER_CHAIN_TOO_LONG], "entry was",
				 "entries were");
		buffer_add(b, " refused so far.");
	}
}

/* The max that buckets shall follow: the present one or the plan's, brought down to what a configuration may say. */
static uint64_t max_for_buckets(const struct advise_request *request)
{
	const struct table *table = request->table;
	uint64_t max = table->max.value, most = (uint64_t)RATIO_WARN * HASHSIZE_MAX;

	if (request->plan && request->plan->sizes.max > max)
		max = request->plan->sizes.max;
	if (max == 0)
		max = power_up(2 * table->entries.value);
	if (max > most)
		max = most;
	if (full_bytes(request, max) <= limit_bytes(request))
		return max;
	return fitting(request, power_up(max) > max ? power_up(max) / 2 : max);
}

static void add_chain_limit(const struct judgement *judgement, struct buffer *b)
{
	buffer_add(b, "Each entry is in the chains of two buckets.");
	if (judgement->chains.high > 0)
		buffer_printf(b,
			      " Where one is longer than a limit that the kernel draws anew each "
			      "time, from %u to %u, the packet is dropped, far below max and "
			      "without a message.",
			      judgement->chains.low, judgement->chains.high);
	else
		buffer_add(b, " Long chains make each packet slow.");
	buffer_add(b, " With as many buckets as max there is one entry a bucket when full.");
}

void advice_more_buckets(struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct table *table = request->table;
	struct draft draft = {.kind = FINDING_MORE_BUCKETS};
	enum verdict verdict = request->judgement->verdict;
	uint64_t max = max_for_buckets(request);

	/* A larger table comes with buckets of its own. */
	if (!chains_matter(request) || !table->buckets.known || !table->max.known ||
	    !table->entries.known || advice->hashsize_waits ||
	    (advice->larger && !advice->max_waits) ||
	    sizes_round_buckets(max, table->facts.page_size, table->facts.word_size) <=
		    table->buckets.value)
		return;
	buffer_printf(&draft.title, "Too few buckets: packets %s dropped before the table is full.",
		      verdict == VERDICT_CHAINS		 ? "are"
		      : verdict == VERDICT_NEARLY_CHAINS ? "may be"
							 : "were");
	add_chains(request, &draft.evidence);
	add_chain_limit(request->judgement, &draft.reason);
	add_cost(request, max, &draft.reason);
	if (max < table->max.value)
		buffer_add(&draft.reason,
			   " max comes down to what memory_limit allows with as many buckets.");
	if (max >= table->max.value || table->entries.value * 10 <= max * 8)
		set_sizes(request, max, &draft);
	else
		buffer_add(&draft.reason, " That is too little for what is in use: a larger "
					  "memory_limit comes first.");
	advice_add(advice, &draft);
}

void advice_not_in_force(struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct table *table = request->table;
	struct draft draft = {.kind = FINDING_NOT_IN_FORCE,
			      .command = table->values.files_differ ? "conntrack-persist install"
								    : "conntrack-persist apply"};

	if (!advice->max_waits && !advice->hashsize_waits && !advice->timeouts_wait)
		return;
	buffer_printf(&draft.title, "The configuration is not in force: the kernel has %s.",
		      advice->max_waits	       ? "a smaller table"
		      : advice->hashsize_waits ? "fewer buckets"
					       : "longer timeouts");
	advice_add_pressure(advice, &draft.evidence);
	if (advice->max_waits)
		buffer_printf(&draft.evidence,
			      " Configured is max = %" PRIu64 ", in force %" PRIu64 ".",
			      request->plan->sizes.max, table->max.value);
	if (advice->hashsize_waits)
		buffer_printf(&draft.evidence,
			      " Configured is hashsize = %" PRIu64 ", in force %" PRIu64 ".",
			      request->plan->sizes.hashsize, table->buckets.value);
	if (advice->timeouts_wait)
		buffer_add(&draft.evidence,
			   " Configured timeouts are shorter than those in force.");
	buffer_add(&draft.reason,
		   "What is configured helps once the kernel has it. \"conntrack-persist check\" "
		   "tells what else differs, and who else writes the same values.");
	advice_add(advice, &draft);
}
