/* What to do about the table: which findings there are, in which order, and what they have in common. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/advise.h"

#include <errno.h>
#include <inttypes.h>

#include "base/text.h"
#include "model/advise-internal.h"
#include "model/sizes.h"

void findings_done(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->items[i];

		free(finding->title);
		free(finding->evidence);
		free(finding->reason);
		free(finding->lines);
		free(finding->command);
	}
	*findings = (struct findings){0};
}

const char *finding_word(enum finding_kind kind)
{
	static const char *const words[] = {
		[FINDING_LARGER_MAX] = "larger-max",
		[FINDING_MORE_BUCKETS] = "more-buckets",
		[FINDING_SHORTER_TIMEOUTS] = "shorter-timeouts",
		[FINDING_UNTRACKED] = "untracked",
		[FINDING_DISABLE] = "disable",
		[FINDING_NOT_IN_FORCE] = "not-in-force",
	};

	return words[kind];
}

uint64_t advice_percent(uint64_t part, uint64_t whole)
{
	return whole ? part * 100 / whole : 0;
}

void advice_add_count(struct buffer *b, uint64_t count, const char *one, const char *many)
{
	buffer_printf(b, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

void advice_add_use(struct buffer *b, uint64_t entries, uint64_t max)
{
	buffer_printf(b, "%" PRIu64 " of %" PRIu64 " entries %s in use", entries, max,
		      entries == 1 ? "is" : "are");
}

static void draft_done(struct draft *draft)
{
	buffer_clear(&draft->title);
	buffer_clear(&draft->evidence);
	buffer_clear(&draft->reason);
	buffer_clear(&draft->lines);
}

static int take(struct draft *draft, struct finding *finding)
{
	struct buffer CLEANUP(buffer_clear) command = {0};
	int error = buffer_steal(&draft->title, &finding->title, NULL);

	if (error == 0)
		error = buffer_steal(&draft->evidence, &finding->evidence, NULL);
	if (error == 0)
		error = buffer_steal(&draft->reason, &finding->reason, NULL);
	if (error == 0 && (draft->lines.length > 0 || draft->lines.error < 0))
		error = buffer_steal(&draft->lines, &finding->lines, NULL);
	if (error < 0 || !draft->command)
		return error;
	buffer_add(&command, draft->command);
	return buffer_steal(&command, &finding->command, NULL);
}

void advice_add(struct advice *advice, struct draft *draft)
{
	struct findings *findings = &advice->findings;

	if (advice->error == 0 && findings->count < ARRAY_SIZE(findings->items)) {
		struct finding *finding = &findings->items[findings->count++];

		finding->kind = draft->kind;
		advice->error = take(draft, finding);
	}
	draft_done(draft);
}

/* "3 minutes ago"; clocks are set back at times. */
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
	buffer_add(b, " The kernel said \"table full\" ");
	advice_add_count(b, messages->count, "time", "times");
	if (messages->namespaces > 0)
		buffer_printf(b, " (%" PRIu64 " of other network namespaces)",
			      messages->namespaces);
	if (messages->last > 0 && table->now > 0) {
		buffer_add(b, messages->count == 1 ? ", " : ", last ");
		add_age(b, table->now, messages->last);
	}
	buffer_add(b, ".");
}

void advice_add_pressure(const struct advice *advice, struct buffer *b)
{
	const struct table *table = advice->request->table;
	const struct counters *counters = &table->counters;
	uint64_t entries = advice->where ? advice->peak : table->entries.value;
	uint64_t dropped = advice->request->judgement->dropped;

	/* Names of other people's processes may be anything. */
	if (advice->where)
		buffer_printf(b, "%s: ",
			      text_is_plain(advice->where) ? advice->where
							   : "another network namespace");
	advice_add_use(b, entries, table->max.value);
	buffer_add(b, ".");
	add_messages(table, b);
	if (dropped > 0) {
		buffer_add(b, " ");
		advice_add_count(b, dropped, "packet was", "packets were");
		buffer_add(b, " dropped so far.");
	}
	if (counters->known[COUNTER_CHAIN_TOO_LONG] &&
	    counters->value[COUNTER_CHAIN_TOO_LONG] > 0) {
		buffer_add(b, " ");
		advice_add_count(b, counters->value[COUNTER_CHAIN_TOO_LONG], "entry was",
				 "entries were");
		buffer_add(b, " refused over a chain that was too long.");
	}
}

/* The configuration keeps nf_conntrack off, and it is there: sizes and timeouts would not be read of it. */
static void keep_off(struct advice *advice)
{
	const struct table *table = advice->request->table;
	struct draft draft = {.kind = FINDING_NOT_IN_FORCE, .command = "conntrack-persist check"};

	buffer_printf(&draft.title, "mode = disable is configured, and nf_conntrack is %s.",
		      module_state_words(table->module));
	buffer_printf(&draft.evidence, "nf_conntrack is %s", module_state_words(table->module));
	if (table->entries.known) {
		buffer_add(&draft.evidence, ", with ");
		advice_add_count(&draft.evidence, table->entries.value, "entry", "entries");
	}
	buffer_add(&draft.evidence, ".");
	if (table->module == MODULE_BUILT_IN)
		buffer_add(&draft.reason,
			   "Nothing keeps out what is built into the kernel. With mode = tune its "
			   "sizes and timeouts can be held instead.");
	else
		buffer_add(&draft.reason,
			   "It was loaded before the configuration was installed, or the "
			   "configuration never was. \"conntrack-persist unload\" removes it once "
			   "nobody uses it; \"conntrack-persist check\" tells what is left to do.");
	advice_add(advice, &draft);
}

static bool nobody_uses(const struct advise_request *request)
{
	return request->uses_known && request->certain == 0 && request->likely == 0 &&
	       request->table->module == MODULE_LIVE;
}

static void disable(struct advice *advice)
{
	const struct table *table = advice->request->table;
	struct draft draft = {.kind = FINDING_DISABLE, .command = "conntrack-persist install"};

	buffer_add(&draft.title, "Nothing on this host is known to use connection tracking.");
	buffer_add(&draft.evidence, "No module, no rule, no service and no file that is read at "
				    "boot needs it");
	if (table->entries.known) {
		buffer_add(&draft.evidence, "; ");
		advice_add_count(&draft.evidence, table->entries.value, "entry is", "entries are");
		buffer_add(&draft.evidence, " in the table");
	}
	buffer_add(&draft.evidence, ".");
	buffer_add(
		&draft.reason,
		"Without nf_conntrack packets are not looked up, and there is no table that could "
		"become full. In return every rule with connection state or address translation "
		"is refused from then on, also those of what is installed later, such as "
		"containers.");
	buffer_add(&draft.lines, "[conntrack]\nmode = disable");
	advice_add(advice, &draft);
}

/* The table is in trouble, and neither memory nor what is known of its entries gives a way out. */
static void no_way_out(struct advice *advice)
{
	struct draft draft = {.kind = FINDING_LARGER_MAX};

	if (advice->pressure == PRESSURE_NONE || advice->room == ROOM || advice->room_told ||
	    advice->max_waits)
		return;
	buffer_printf(&draft.title, "The table %s, and a larger one cannot be advised.",
		      advice->pressure == PRESSURE_FULL	    ? "is full"
		      : advice->pressure == PRESSURE_NEARLY ? "is nearly full"
							    : "was full");
	advice_add_pressure(advice, &draft.evidence);
	buffer_add(&draft.reason, "New connections are dropped while it is full.");
	advice_add_room(advice, &draft.reason);
	buffer_add(&draft.reason, advice->room == ROOM_NO_MEMORY
					  ? " A larger memory_limit, more RAM or fewer connections "
					    "would help."
					  : " Fewer or shorter connections would help.");
	if (!advice->request->table->contents)
		buffer_add(&draft.reason, " What the entries are could not be looked at.");
	advice_add(advice, &draft);
}

int advise(const struct advise_request *request, struct findings *ret)
{
	struct advice advice = {.request = request};

	if (!module_is_there(request->table->module)) {
		*ret = advice.findings;
		return 0;
	}
	if (request->plan && request->plan->mode == MODE_DISABLE) {
		keep_off(&advice);
	} else if (nobody_uses(request)) {
		disable(&advice);
	} else {
		advice_judge_sizes(&advice);
		advice_judge_timeouts(&advice);
		advice_not_in_force(&advice);
		advice_larger_max(&advice);
		advice_more_buckets(&advice);
		advice_shorter_timeouts(&advice);
		advice_untracked(&advice);
		no_way_out(&advice);
	}
	if (advice.error < 0) {
		findings_done(&advice.findings);
		return advice.error;
	}
	*ret = advice.findings;
	return 0;
}
