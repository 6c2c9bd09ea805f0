/* Advises what to do about the table: which findings there are, and what they have in common. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/advise.h"

#include <inttypes.h>

#include "base/text.h"
#include "model/table/advise-internal.h"
#include "model/table/holder-words.h"

uint64_t advice_percent(uint64_t part, uint64_t whole)
{
	return whole ? part * 100 / whole : 0;
}

void advice_add_count(struct buffer *b, uint64_t count, const char *one, const char *many)
{
	buffer_printf(b, "%s %s", text_count(count).text, count == 1 ? one : many);
}

void advice_add_part(struct buffer *b, uint64_t part, uint64_t whole)
{
	buffer_printf(b, "%s of %s entries (%" PRIu64 " %%)", text_count(part).text,
		      text_count(whole).text, advice_percent(part, whole));
}

void advice_add_use(struct buffer *b, uint64_t entries, uint64_t max)
{
	buffer_printf(b, "%s of %s entries %s in use", text_count(entries).text,
		      text_count(max).text, entries == 1 ? "is" : "are");
}

void advice_add_refused(const struct counters *counters, const char *how, struct buffer *b)
{
	uint64_t refused = counters->known[COUNTER_CHAIN_TOO_LONG]
				   ? counters->value[COUNTER_CHAIN_TOO_LONG]
				   : 0;

	if (refused > 0)
		buffer_printf(b, " %s %s refused %s.", text_count(refused).text,
			      refused == 1 ? "entry was" : "entries were", how);
}

enum urgency advice_urgency(const struct advice *advice)
{
	return advice->pressure == PRESSURE_FULL ? URGENCY_CRITICAL : URGENCY_WARNING;
}

bool advice_knows_entries(const struct advice *advice)
{
	const struct entry_counts *contents = advice->request->table->contents;

	return contents && contents->total > 0 && !advice->elsewhere;
}

/* Adds an age such as "3 minutes ago". A clock that was set back counts as no age. */
static void add_age(struct buffer *b, uint64_t now, uint64_t then)
{
	static const struct {
		uint64_t seconds;
		const char *one, *many;
	} units[] = {
		{86400, "day", "days"},
		{3600, "hour", "hours"},
		{60, "minute", "minutes"},
		{1, "second", "seconds"},
	};
	uint64_t seconds = now > then ? (now - then) / 1000000 : 0;
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(units) && seconds < units[i].seconds)
		i++;
	advice_add_count(b, seconds / units[i].seconds, units[i].one, units[i].many);
	buffer_add(b, " ago");
}

static void add_messages(const struct table *table, struct buffer *b)
{
	const struct full_messages *messages = &table->messages;

	if (!messages->known || messages->count == 0)
		return;
	buffer_printf(b, " The kernel logged \"table full\" %s time%s",
		      text_count(messages->count).text, messages->count == 1 ? "" : "s");
	if (messages->namespaces > 0)
		buffer_printf(b, " (%s of other network namespaces)",
			      text_count(messages->namespaces).text);
	if (messages->last > 0 && table->now > 0) {
		buffer_add(b, messages->count == 1 ? ", " : ", last ");
		add_age(b, table->now, messages->last);
	}
	buffer_add(b, ".");
}

/* Adds who holds most of a table that is full or nearly full now. */
static void add_holder(const struct advice *advice, struct buffer *b)
{
	const struct advise_request *request = advice->request;
	struct buffer CLEANUP(buffer_clear) words = {0};

	if (advice->where || !request->table->holders ||
	    (advice->pressure != PRESSURE_FULL && advice->pressure != PRESSURE_NEARLY))
		return;
	if (holders_describe(request->table->holders, request->no_addresses, &words))
		buffer_printf(b, " %s.", words.data ? words.data : "");
}

void advice_add_pressure(const struct advice *advice, struct buffer *b)
{
	const struct table *table = advice->request->table;
	const struct counters *counters = &table->counters;
	uint64_t entries = advice->where ? advice->peak : table->entries.value;
	uint64_t dropped = advice->request->judgement->dropped;

	/* The name contains a foreign process's name, which may have any characters. */
	if (advice->where)
		buffer_printf(b, "%s: ",
			      text_is_plain(advice->where) ? advice->where
							   : "another network namespace");
	advice_add_use(b, entries, table->max.value);
	buffer_add(b, ".");
	add_messages(table, b);
	if (dropped > 0)
		buffer_printf(b, " %s packet%s dropped so far.", text_count(dropped).text,
			      dropped == 1 ? " was" : "s were");
	advice_add_refused(counters, "because a chain was too long", b);
	add_holder(advice, b);
}

/*
 * Advises to run install, because nf_conntrack is loaded in mode disable, which ignores sizes and
 * timeouts.
 */
static void keep_off(struct advice *advice)
{
	const struct table *table = advice->request->table;
	struct draft draft = {.kind = FINDING_NOT_IN_FORCE,
			      .urgency = URGENCY_WARNING,
			      .command = "conntrack-persist check"};

	buffer_printf(&draft.summary, "mode = disable is configured, but nf_conntrack is %s",
		      module_state_describe(table->module));
	buffer_printf(&draft.title, "mode = disable is configured, but nf_conntrack is %s.",
		      module_state_describe(table->module));
	buffer_printf(&draft.evidence, "nf_conntrack is %s", module_state_describe(table->module));
	if (table->entries.known)
		buffer_printf(&draft.evidence, ", with %s %s",
			      text_count(table->entries.value).text,
			      table->entries.value == 1 ? "entry" : "entries");
	buffer_add(&draft.evidence, ".");
	if (table->module == MODULE_BUILT_IN)
		buffer_add(
			&draft.reason,
			"No configuration can remove nf_conntrack from a kernel that has it built "
			"in. With mode = tune you can set its sizes and timeouts instead.");
	else
		buffer_add(
			&draft.reason,
			"It was loaded before the configuration was installed, or the "
			"configuration was never installed. \"conntrack-persist unload\" removes "
			"it if nothing uses it; \"conntrack-persist check\" prints what is left "
			"to do.");
	advice_add(advice, &draft);
}

/*
 * Returns whether no network namespace has an entry. One that could not be counted may have some.
 */
static bool is_empty(const struct table *table)
{
	if (!table->entries.known || table->entries.value > 0 || !table->namespaces_known)
		return false;
	for (size_t i = 0; i < table->namespace_count; i++)
		if (table->namespaces[i].error < 0 || table->namespaces[i].entries.value > 0)
			return false;
	return true;
}

static bool nobody_uses(const struct advice *advice)
{
	const struct advise_request *request = advice->request;

	return request->uses_known && request->certain == 0 && request->likely == 0 &&
	       request->table->module == MODULE_LIVE && advice->pressure == PRESSURE_NONE &&
	       is_empty(request->table);
}

static void disable(struct advice *advice)
{
	struct draft draft = {.kind = FINDING_DISABLE, .command = "conntrack-persist install"};
	struct figure none = {0};

	if (!nobody_uses(advice))
		return;
	draft_set(&draft, "conntrack", "mode", none, "disable");
	buffer_add(&draft.changes, "mode = disable");
	buffer_add(&draft.summary, "nothing is known to use connection tracking");
	buffer_add(&draft.title, "Nothing on this host is known to use connection tracking.");
	buffer_add(&draft.evidence, "No module, no rule, no service and no file that is read at "
				    "boot needs it, and no entry is in the table.");
	buffer_add(&draft.reason,
		   "Without nf_conntrack the kernel searches no table for each packet, and no "
		   "table can fill up. But the kernel then refuses every rule with connection "
		   "state or address translation, also the rules of programs that you install "
		   "later, such as container engines.");
	advice_add(advice, &draft);
}

/* Adds a finding for a table in trouble if neither memory nor the known entries allow a remedy. */
static void no_way_out(struct advice *advice)
{
	struct draft draft = {.kind = FINDING_LARGER_MAX, .urgency = advice_urgency(advice)};
	const char *how = advice->pressure == PRESSURE_FULL	? "is full"
			  : advice->pressure == PRESSURE_NEARLY ? "is nearly full"
								: "was full";

	if (advice->pressure == PRESSURE_NONE || advice->room == ROOM || advice->room_told ||
	    advice->max_waits)
		return;
	buffer_printf(&draft.summary, "the table %s, but %s", how,
		      advice->room == ROOM_NO_MEMORY ? "memory_limit allows no larger one"
						     : "it is as large as advised");
	buffer_printf(&draft.title, "The table %s, but a larger one cannot be advised.", how);
	advice_add_pressure(advice, &draft.evidence);
	buffer_add(&draft.reason, "New connections are dropped while it is full.");
	advice_add_room(advice, &draft.reason);
	buffer_add(&draft.reason, advice->room == ROOM_NO_MEMORY
					  ? " A larger memory_limit, more RAM or fewer connections "
					    "would help."
					  : " Fewer or shorter connections would help.");
	if (!advice->request->table->contents)
		buffer_add(&draft.reason, " The entries could not be read.");
	advice_add(advice, &draft);
}

static void look_for_findings(struct advice *advice)
{
	advice_judge_sizes(advice);
	advice_judge_timeouts(advice);
	advice_judge_ports(advice);
	advice_not_in_force(advice);
	advice_other_writer(advice);
	advice_half_notrack_pair(advice);
	advice_half_open_handshakes(advice);
	advice_larger_max(advice);
	advice_more_buckets(advice);
	advice_shorter_timeouts(advice);
	advice_untracked(advice);
	no_way_out(advice);
	disable(advice);
	advice_smaller_table(advice);
}

int advise(const struct advise_request *request, struct findings *ret)
{
	struct advice advice = {.request = request};

	if (!module_is_there(request->table->module)) {
		*ret = advice.findings;
		return 0;
	}
	if (request->plan && request->plan->mode == MODE_DISABLE)
		keep_off(&advice);
	else
		look_for_findings(&advice);
	if (advice.error < 0) {
		findings_done(&advice.findings);
		return advice.error;
	}
	*ret = advice.findings;
	return 0;
}
