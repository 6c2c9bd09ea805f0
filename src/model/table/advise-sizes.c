/* Advises on sizes: how full the table is, which max is enough, what memory allows. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "base/text.h"
#include "model/plan/sizes.h"
#include "model/table/advise-internal.h"

/* The limit in percent of RAM if there is no configuration. */
#define LIMIT_PERCENT 25U
/* The largest max that is advised; its table takes 1 GiB when full. */
#define ADVISED_MAX 4194304U
/* The smallest max that is advised; a plan would warn about a smaller one (MAX_FEW). */
#define ADVISED_LEAST 1024U

uint64_t advice_power_up(uint64_t number)
{
	uint64_t power = 1;

	while (power < number && power < 1ULL << 62)
		power *= 2;
	return power;
}

uint64_t advice_limit_bytes(const struct advise_request *request)
{
	uint64_t ram = request->table->facts.ram;

	if (request->memory_limit > 0)
		return request->memory_limit;
	return ram ? sizes_share(sizes_round_ram(ram), LIMIT_PERCENT) : UINT64_MAX;
}

/*
 * The larger one of the figure by release, which the configuration is judged by, and the measured
 * one.
 */
uint64_t advice_full_bytes(const struct advise_request *request, uint64_t max)
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

uint64_t advice_fitting(const struct advise_request *request, uint64_t power)
{
	while (power > 1 && advice_full_bytes(request, power) > advice_limit_bytes(request))
		power /= 2;
	return power;
}

static void judge_namespaces(struct advice *advice)
{
	const struct table *table = advice->request->table;

	for (size_t i = 0; i < table->namespace_count; i++) {
		const struct namespace_table *namespace = &table->namespaces[i];
		uint64_t entries = namespace->entries.value;
		enum pressure pressure = PRESSURE_NONE;

		if (!namespace->entries.known)
			continue;
		if (entries >= table->max.value)
			pressure = PRESSURE_FULL;
		else if (entries * 10 > table->max.value * 8)
			pressure = PRESSURE_NEARLY;
		if (pressure > advice->pressure ||
		    (pressure == advice->pressure && pressure && entries > advice->peak)) {
			advice->pressure = pressure;
			advice->peak = entries;
			advice->where = namespace->where;
			advice->elsewhere = true;
		}
	}
}

/*
 * Returns whether the table was full since the values were last set; older messages are about other
 * values.
 */
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
	if (judgement->verdict == VERDICT_FULL && !judgement->elsewhere)
		advice->pressure = PRESSURE_FULL;
	else if ((judgement->verdict == VERDICT_NEARLY_FULL && !judgement->elsewhere) ||
		 (judgement->share.known && judgement->share.value > 800))
		advice->pressure = PRESSURE_NEARLY;
	judge_namespaces(advice);
	if (advice->pressure == PRESSURE_NONE && was_full(request)) {
		advice->pressure = PRESSURE_WAS_FULL;
		advice->elsewhere = messages->namespaces >= messages->count;
	}
}

/* Returns the buckets of the plan, rounded as by the kernel. */
static uint64_t planned_buckets(const struct advise_request *request)
{
	return request->plan ? sizes_round_buckets(request->plan->sizes.hashsize,
						   request->table->facts.page_size,
						   request->table->facts.word_size)
			     : 0;
}

bool advice_chains_matter(const struct advise_request *request)
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

	/* A max of 0 means no limit, up to Linux 6.18. */
	if (table->max.known && max > 0)
		judge_pressure(advice);
	if (request->plan && !table->foreign_max) {
		advice->max_waits = advice->pressure && request->plan->sizes.max > max;
		advice->hashsize_waits = advice_chains_matter(request) && table->buckets.known &&
					 planned_buckets(request) > table->buckets.value;
	}
	if (advice->pressure == PRESSURE_NONE)
		return;
	/* The demand on a full table is unknown, because refused connections are not entries. */
	wanted = advice_power_up(advice->pressure == PRESSURE_NEARLY ? 2 * advice->peak : 4 * max);
	if (wanted > ADVISED_MAX)
		wanted = ADVISED_MAX;
	if (wanted < ADVISED_LEAST)
		wanted = ADVISED_LEAST;
	advice->larger = advice_fitting(request, wanted);
	if (advice->larger > max)
		return;
	advice->room = wanted > max ? ROOM_NO_MEMORY : ROOM_NONE_LARGER;
	advice->larger = 0;
}

void advice_leave_out(struct advice *advice, uint64_t entries)
{
	const struct table *table = advice->request->table;

	if ((table->contents->total - entries) * 2 > table->max.value)
		return;
	advice->larger = 0;
	advice->room = ROOM;
}

void advice_add_room(struct advice *advice, struct buffer *b)
{
	uint64_t limit = advice_limit_bytes(advice->request);

	if (advice->pressure == PRESSURE_NONE || advice->room == ROOM || advice->max_waits)
		return;
	advice->room_told = true;
	if (advice->room == ROOM_NONE_LARGER)
		buffer_printf(b, " A max of more than %s is not advised.",
			      text_count(ADVISED_MAX).text);
	else
		buffer_printf(b, " Memory does not allow a larger table: memory_limit is %s.",
			      text_amount(limit).text);
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

void advice_add_cost(const struct advise_request *request, uint64_t max, struct buffer *b)
{
	const struct table *table = request->table;
	uint64_t bytes = advice_full_bytes(request, max);

	buffer_printf(b, " %s entries and as many buckets take %s", text_count(max).text,
		      text_amount(bytes).text);
	add_share_of_ram(b, bytes, table->facts.ram);
	buffer_add(b, ", when full.");
	if (table->namespace_count > 0) {
		buffer_add(b, " max applies to each network namespace separately: ");
		advice_add_count(b, table->namespace_count,
				 "other one here may take as much memory again.",
				 "other ones here may each take as much memory again.");
	}
}

void advice_set_sizes(const struct advise_request *request, uint64_t max, struct draft *draft)
{
	const struct table *table = request->table;

	if (table->foreign_max) {
		buffer_printf(
			&draft->reason,
			" max and hashsize can be set only on the host, because this container is "
			"in another network namespace. On the host, write max = %" PRIu64
			" and hashsize = auto.",
			max);
		return;
	}
	draft_set(draft, "conntrack", "max", table->max, "%" PRIu64, max);
	draft_set(draft, "conntrack", "hashsize", table->buckets, "auto");
	if (!table->max.known || table->max.value != max)
		draft_show_change(draft, "max", table->max, max, "");
	else
		draft_show_change(draft, "hashsize", table->buckets, max, "");
	draft->command = "conntrack-persist install";
}

/* Adds whose table it is: "the table", "the table of namespace blue". */
static void add_whose(const struct advice *advice, const char *table, struct buffer *b)
{
	buffer_add(b, table);
	if (advice->where)
		buffer_printf(b, " of %s",
			      text_is_plain(advice->where) ? advice->where
							   : "another network namespace");
}

static void add_larger_title(const struct advice *advice, struct buffer *b)
{
	uint64_t max = advice->request->table->max.value;
	const char *how = advice->pressure == PRESSURE_FULL ? "too small" : "nearly full";

	if (advice->pressure == PRESSURE_WAS_FULL) {
		buffer_add(b, "The table was too small: new connections were dropped.");
	} else if (advice->where) {
		buffer_printf(b, "Another namespace's table is %s: %s of %s entries.", how,
			      text_count(advice->peak).text, text_count(max).text);
	} else {
		buffer_printf(b, "The table is %s: ", how);
		advice_add_use(b, advice->peak, max);
		buffer_add(b, ".");
	}
}

static void add_larger_summary(const struct advice *advice, struct buffer *b)
{
	if (advice->pressure == PRESSURE_WAS_FULL) {
		buffer_add(b, "the table was full");
		return;
	}
	add_whose(advice, "the table", b);
	if (advice->pressure == PRESSURE_FULL)
		buffer_add(b, " is full and drops connections");
	else
		buffer_printf(b, " is nearly full (%" PRIu64 " %%)",
			      advice_percent(advice->peak, advice->request->table->max.value));
}

void advice_larger_max(struct advice *advice)
{
	struct draft draft = {.kind = FINDING_LARGER_MAX, .urgency = advice_urgency(advice)};

	if (advice->larger == 0 || advice->max_waits)
		return;
	add_larger_summary(advice, &draft.summary);
	add_larger_title(advice, &draft.title);
	advice_add_pressure(advice, &draft.evidence);

	buffer_add(
		&draft.reason,
		"While the table is full, new connections are dropped and existing ones continue.");
	if (advice->pressure != PRESSURE_NEARLY)
		buffer_add(&draft.reason,
			   " The kernel does not count how many entries would have been needed. "
			   "The advice is four times max, or as much as memory allows.");
	advice_add_cost(advice->request, advice->larger, &draft.reason);
	if (advice->pressure == PRESSURE_FULL && !advice->where)
		buffer_add(&draft.reason,
			   " \"conntrack -F\" empties the table now, as a stopgap only: it cuts "
			   "connections with translated addresses (NAT), and others are dropped if "
			   "rules ask for their state.");
	advice_set_sizes(advice->request, advice->larger, &draft);
	advice_add(advice, &draft);
}

/* Adds " Configured is max = 200000, the live value is 65,536." */
static void add_waiting(struct draft *draft, const char *name, struct figure live, uint64_t value)
{
	buffer_printf(&draft->evidence,
		      " The configuration has %s = %" PRIu64 ", the live value is %s.", name, value,
		      text_count(live.value).text);
	draft_show_change(draft, name, live, value, "");
}

void advice_not_in_force(struct advice *advice)
{
	const struct advise_request *request = advice->request;
	const struct table *table = request->table;
	struct draft draft = {.kind = FINDING_NOT_IN_FORCE,
			      .urgency = advice_urgency(advice),
			      .command = table->values.files_differ ? "conntrack-persist install"
								    : "conntrack-persist apply"};

	if (!advice->max_waits && !advice->hashsize_waits && !advice->timeouts_wait)
		return;
	buffer_add(&draft.summary, advice->max_waits || advice->hashsize_waits
					   ? "configured, but not active"
					   : "shorter timeouts are configured, but not active");
	buffer_printf(&draft.title, "The configuration is not active: the kernel has %s.",
		      advice->max_waits	       ? "a smaller table"
		      : advice->hashsize_waits ? "fewer buckets"
					       : "longer timeouts");
	advice_add_pressure(advice, &draft.evidence);
	if (advice->max_waits)
		add_waiting(&draft, "max", table->max, request->plan->sizes.max);
	if (advice->hashsize_waits)
		add_waiting(&draft, "hashsize", table->buckets, request->plan->sizes.hashsize);
	if (advice->timeouts_wait)
		buffer_add(&draft.evidence,
			   " Configured timeouts are shorter than the live values.");
	buffer_add(&draft.reason,
		   "The configuration helps once the kernel has these values. \"conntrack-persist "
		   "check\" prints what else differs, and what else sets the same values.");
	advice_add(advice, &draft);
}
