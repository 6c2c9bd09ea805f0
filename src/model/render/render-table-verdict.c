/* The verdict on the table in words: the problem, and the next step. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "model/render/render-table-rows.h"

#define NEXT_ADVISE " Next: conntrack-persist advise"
#define NEXT_CHECK  " Next: conntrack-persist check"
#define NEXT_USERS  " Next: conntrack-persist users"

static void add_not_loaded(struct buffer *b, const struct table *table)
{
	if (table->module == MODULE_ABSENT)
		buffer_add(b, "nf_conntrack is not loaded: nothing is tracked and nothing can be "
			      "full.");
	else
		buffer_printf(b, "nf_conntrack is %s: no figures in this moment.",
			      module_state_describe(table->module));
}

static void add_room(struct buffer *b, const struct table *table)
{
	if (table->max.value <= table->entries.value)
		return;
	buffer_add_counted(b, ": room for ", table->max.value - table->entries.value,
			   " more entries");
}

/* Adds the name of the namespace, for the middle of a sentence that begins with "Full". */
static void add_elsewhere(struct buffer *b, const struct table *table,
			  const struct namespace_table *namespace)
{
	struct figure limit = table_namespace_limit(table, namespace);

	buffer_printf(b, ": %s has ", namespace->where);
	buffer_add_counted(b, "", namespace->entries.value, " of ");
	buffer_add_counted(b, "", limit.value, " entries");
}

static void add_full(struct buffer *b, const struct table *table, const struct judgement *judgement)
{
	buffer_add(b, "Full");
	if (judgement->elsewhere) {
		add_elsewhere(b, table, judgement->elsewhere);
		buffer_add(b, ", and its new connections are dropped." NEXT_ADVISE);
	} else {
		buffer_add(b, ": new connections are dropped." NEXT_ADVISE);
	}
}

static void add_chains(struct buffer *b, const struct table *table)
{
	buffer_add(b, "Full, far from max: chains are too long");
	if (table->buckets.known)
		buffer_add_counted(b, " for ", table->buckets.value, " buckets");
	buffer_add(b, ". New connections are dropped, and no message says so." NEXT_ADVISE);
}

static void add_nearly_full(struct buffer *b, const struct table *table,
			    const struct judgement *judgement)
{
	buffer_add(b, "Nearly full");
	if (judgement->elsewhere)
		add_elsewhere(b, table, judgement->elsewhere);
	else
		add_room(b, table);
	buffer_add(b, "." NEXT_ADVISE);
}

static void add_nearly_chains(struct buffer *b, const struct judgement *judgement)
{
	buffer_add(b, "Nearly full, far from max: chains may be too long");
	if (judgement->chain_entries.known)
		buffer_add_counted(b, " from ", judgement->chain_entries.value, " entries on");
	buffer_add(b, "." NEXT_ADVISE);
}

static void add_was_full(struct buffer *b, const struct table *table)
{
	buffer_add(b, "Not full now, but it was");
	if (table->messages.known && table->messages.last > 0) {
		buffer_add(b, ", last at ");
		add_moment(b, table->messages.last, table->now);
	} else if (table->counters.known[COUNTER_CHAIN_TOO_LONG] &&
		   table->counters.value[COUNTER_CHAIN_TOO_LONG] > 0) {
		buffer_add(b, ", or chains were too long");
	}
	buffer_add(b, "." NEXT_ADVISE);
}

static void add_fine(struct buffer *b, const struct table *table)
{
	buffer_add(b, "Fine");
	if (table->max.known && table->max.value == 0)
		buffer_add(b, ", but nothing limits the table");
	else
		add_room(b, table);
	buffer_add(b, ".");
}

/* Adds the namespaces that a verdict on this one does not cover. */
static void add_unseen(struct buffer *b, const struct judgement *judgement)
{
	if (judgement->unseen > 0) {
		buffer_add_counted(b, " ", judgement->unseen, " other network namespace");
		buffer_add(b, judgement->unseen == 1 ? "" : "s");
	} else {
		buffer_add(b, " Other network namespaces");
	}
	buffer_add(b, " could not be looked at and may be full.");
}

static void add_unsure(struct buffer *b, const struct table *table,
		       const struct judgement *judgement)
{
	buffer_add(b, "Not full here");
	if (table->max.known && table->max.value == 0)
		buffer_add(b, ", but nothing limits the table");
	else
		add_room(b, table);
	buffer_add(b, ".");
	add_unseen(b, judgement);
}

static void add_differs(struct buffer *b, const struct judgement *judgement)
{
	buffer_add(b, judgement->unsure ? "Not full here, but not as configured."
					: "Fine, but not as configured.");
	if (judgement->unsure)
		add_unseen(b, judgement);
	buffer_add(b, NEXT_CHECK);
}

static void add_unknown(struct buffer *b, const struct table *table)
{
	buffer_printf(b, "nf_conntrack is %s, and how full its table is cannot be seen here.",
		      module_state_describe(table->module));
}

void render_verdict(const struct table *table, const struct judgement *judgement, struct buffer *b)
{
	switch (judgement->verdict) {
	case VERDICT_NOT_LOADED:
		add_not_loaded(b, table);
		break;
	case VERDICT_UNKNOWN:
		add_unknown(b, table);
		break;
	case VERDICT_FULL:
		add_full(b, table, judgement);
		break;
	case VERDICT_CHAINS:
		add_chains(b, table);
		break;
	case VERDICT_NEARLY_FULL:
		add_nearly_full(b, table, judgement);
		break;
	case VERDICT_NEARLY_CHAINS:
		add_nearly_chains(b, judgement);
		break;
	case VERDICT_WAS_FULL:
		add_was_full(b, table);
		break;
	case VERDICT_DIFFERS:
		add_differs(b, judgement);
		break;
	case VERDICT_UNUSED:
		buffer_add(b, "Nothing is tracked in any network namespace." NEXT_USERS);
		break;
	case VERDICT_UNSURE:
		add_unsure(b, table, judgement);
		break;
	case VERDICT_FINE:
		add_fine(b, table);
		break;
	}
}
