/* Advises on buckets: too few for the entries, or a table far larger than needed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "base/text.h"
#include "model/config/schema.h"
#include "model/plan/sizes.h"
#include "model/table/advise-internal.h"

/*
 * The smallest table to advise: its buckets take 2 MiB, and walking them costs little
 * (docs/performance.md).
 */
#define ENOUGH_LEAST 262144U
/* A table for this many times the present entries is not too large. */
#define ENOUGH_TIMES 16U
/*
 * A table is far too large from this many times that on. The bound for max is higher, because max
 * costs nothing until it is reached.
 */
#define BUCKETS_TOO_MANY 4U
#define MAX_TOO_LARGE	 16U

static void add_ratio(struct buffer *b, uint64_t entries, uint64_t buckets)
{
	uint64_t tenths = buckets ? entries * 10 / buckets : 0;

	buffer_printf(b, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

static void add_chains(const struct advise_request *request, struct buffer *b)
{
	const struct table *table = request->table;

	advice_add_count(b, table->entries.value, "entry", "entries");
	buffer_add(b, " in ");
	advice_add_count(b, table->buckets.value, "bucket", "buckets");
	buffer_add(b, ": ");
	add_ratio(b, table->entries.value, table->buckets.value);
	buffer_printf(b, " a bucket; with the present max of %s up to ",
		      text_count(table->max.value).text);
	add_ratio(b, table->max.value, table->buckets.value);
	buffer_add(b, ".");
	advice_add_refused(&table->counters, "so far", b);
}

/*
 * Returns the max that the buckets should match: the live one or the plan's, limited to what a
 * configuration may say.
 */
static uint64_t max_for_buckets(const struct advise_request *request)
{
	const struct table *table = request->table;
	uint64_t max = table->max.value, most = (uint64_t)RATIO_WARN * HASHSIZE_MAX;

	if (request->plan && request->plan->sizes.max > max)
		max = request->plan->sizes.max;
	if (max == 0)
		max = advice_power_up(2 * table->entries.value);
	if (max > most)
		max = most;
	if (advice_full_bytes(request, max) <= advice_limit_bytes(request))
		return max;
	return advice_fitting(request, advice_power_up(max) > max ? advice_power_up(max) / 2 : max);
}

static void add_chain_limit(const struct judgement *judgement, struct buffer *b)
{
	buffer_add(b, "Each entry is in the chains of two buckets.");
	if (judgement->chains.high > 0)
		buffer_printf(b,
			      " If a chain is longer than a limit (a random number from %u to %u "
			      "for each entry), the kernel drops the packet without a message, "
			      "even if the table is far below max.",
			      judgement->chains.low, judgement->chains.high);
	else
		buffer_add(b, " The kernel searches these chains for each packet, so that long "
			      "chains make all traffic slow.");
	buffer_add(b, " With as many buckets as max, a full table has one entry in each bucket.");
}

void advice_more_buckets(struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct table *table = request->table;
	enum verdict verdict = request->judgement->verdict;
	struct draft draft = {.kind = FINDING_MORE_BUCKETS,
			      .urgency = verdict == VERDICT_CHAINS ? URGENCY_CRITICAL
								   : URGENCY_WARNING};
	const char *when = verdict == VERDICT_CHAINS	      ? "are"
			   : verdict == VERDICT_NEARLY_CHAINS ? "may be"
							      : "were";
	uint64_t max = max_for_buckets(request);

	/* The advice for a larger table includes its buckets. */
	if (!advice_chains_matter(request) || !table->buckets.known || !table->max.known ||
	    !table->entries.known || advice->hashsize_waits ||
	    (advice->larger && !advice->max_waits) ||
	    sizes_round_buckets(max, table->facts.page_size, table->facts.word_size) <=
		    table->buckets.value)
		return;
	buffer_printf(&draft.summary, "too few buckets, packets %s dropped", when);
	buffer_printf(&draft.title, "Too few buckets: packets %s dropped before the table is full.",
		      when);
	add_chains(request, &draft.evidence);
	add_chain_limit(request->judgement, &draft.reason);
	advice_add_cost(request, max, &draft.reason);
	if (max < table->max.value)
		buffer_add(&draft.reason, " The advised max is lower, because memory_limit allows "
					  "no more with as many buckets.");
	if (max >= table->max.value || table->entries.value * 10 <= max * 8)
		advice_set_sizes(request, max, &draft);
	else
		buffer_add(&draft.reason,
			   " That is too little for the entries in use: raise memory_limit first.");
	advice_add(advice, &draft);
}

/* Returns the entries of all network namespaces, which share the buckets. */
static uint64_t count_all(const struct table *table)
{
	uint64_t entries = table->entries.value;

	for (size_t i = 0; i < table->namespace_count; i++)
		entries += table->namespaces[i].entries.value;
	return entries;
}

/* Returns the size that gives the present entries ample room, at least the kernel's default. */
static uint64_t enough_for(const struct table *table)
{
	uint64_t entries = count_all(table), enough = ENOUGH_LEAST;
	struct table_sizes own = {0};

	if (table->facts.ram > 0)
		sizes_of_kernel(&table->facts, 0, 0, &own);
	if (own.max > enough)
		enough = own.max;
	if (entries > UINT32_MAX)
		return UINT64_MAX;
	entries = advice_power_up(ENOUGH_TIMES * entries);
	return entries > enough ? entries : enough;
}

/*
 * Returns whether a smaller table may be advised: nothing was dropped, and no other source keeps
 * the table large.
 */
static bool may_be_smaller(const struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct table *table = request->table;

	return advice->pressure == PRESSURE_NONE && table->entries.known && table->max.known &&
	       table->buckets.known && table->namespaces_known && !table->foreign_max &&
	       !request->keeps_larger && request->judgement->dropped == 0 &&
	       table->messages.count == 0 && !advice->hashsize_waits &&
	       !advice_chains_matter(request) &&
	       !findings_set(&advice->findings, &schema[SETTING_MODE]);
}

/* Returns what max = auto would choose, which is never too large. */
static uint64_t automatic_max(const struct table *table)
{
	return table->facts.ram > 0 ? sizes_auto_max(&table->facts, UINT64_MAX) : 0;
}

static bool has_too_large_max(const struct advise_request *request, uint64_t enough)
{
	uint64_t max = request->table->max.value;

	if (max / MAX_TOO_LARGE >= enough)
		return true;
	return max / BUCKETS_TOO_MANY >= enough &&
	       advice_full_bytes(request, max) > advice_limit_bytes(request);
}

static void add_smaller_reason(const struct advise_request *request, bool buckets, uint64_t enough,
			       struct buffer *b)
{
	const struct table *table = request->table;

	if (buckets)
		buffer_printf(
			b,
			"The buckets take %s even if the table is empty, and every program that "
			"lists the table reads all of them.",
			text_amount(sizes_array_bytes(table->buckets.value, table->facts.word_size))
				.text);
	else
		buffer_printf(b,
			      "A max that is far too large costs nothing until a flood fills the "
			      "table. Then the table would take %s then.",
			      text_amount(advice_full_bytes(request, table->max.value)).text);
	buffer_add(b, " These figures are of this moment: run advise again when the host has most "
		      "connections, because the smaller table must hold these, too.");
	advice_add_cost(request, enough, b);
}

void advice_smaller_table(struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct table *table = request->table;
	struct draft draft = {.kind = FINDING_SMALLER_TABLE,
			      .command = "conntrack-persist install"};
	uint64_t enough, automatic;
	bool buckets, max;

	if (!may_be_smaller(advice))
		return;
	enough = enough_for(table);
	automatic = automatic_max(table);
	buckets = table->buckets.value / BUCKETS_TOO_MANY >= enough &&
		  table->buckets.value > automatic;
	max = has_too_large_max(request, enough) && table->max.value > automatic;
	if (!buckets && !max)
		return;
	draft_set(&draft, "conntrack", "max", table->max, "%" PRIu64, enough);
	/*
	 * The live buckets are kept if they suffice, because changing them stops traffic for a
	 * moment.
	 */
	if (!buckets && table->buckets.value >= enough / RATIO_WARN)
		draft_set(&draft, "conntrack", "hashsize", table->buckets, "%" PRIu64,
			  table->buckets.value);
	else
		draft_set(&draft, "conntrack", "hashsize", table->buckets, "auto");
	if (table->max.value != enough)
		draft_show_change(&draft, "max", table->max, enough, "");
	else
		draft_show_change(&draft, "hashsize", table->buckets, enough, "");
	buffer_add(&draft.summary, "the table is far larger than it needs");
	buffer_add(&draft.title, "The table is far larger than it needs.");
	advice_add_use(&draft.evidence, table->entries.value, table->max.value);
	buffer_add(&draft.evidence, ", in ");
	advice_add_count(&draft.evidence, table->buckets.value, "bucket", "buckets");
	buffer_add(&draft.evidence, ". No packet is known to have been dropped.");
	add_smaller_reason(request, buckets, enough, &draft.reason);
	advice_add(advice, &draft);
}
