/* The verdict on the table in words: what is the matter, and what to do next. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "model/render-table-rows.h"

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
			      module_state_words(table->module));
}

static void add_chains(struct buffer *b, const struct table *table)
{
	buffer_add(b, "Full, far from max: chains are too long");
	if (table->buckets.known)
		buffer_printf(b, " for %" PRIu64 " buckets", table->buckets.value);
	buffer_add(b, ". New connections are dropped, and no message says so." NEXT_ADVISE);
}

static void add_nearly_full(struct buffer *b, const struct table *table)
{
	buffer_add(b, "Nearly full");
	if (table->max.value > table->entries.value)
		buffer_printf(b, ": room for %" PRIu64 " more entries",
			      table->max.value - table->entries.value);
	buffer_add(b, "." NEXT_ADVISE);
}

static void add_nearly_chains(struct buffer *b, const struct judgement *judgement)
{
	buffer_add(b, "Nearly full, far from max: chains may be too long");
	if (judgement->chain_entries.known)
		buffer_printf(b, " from %" PRIu64 " entries on", judgement->chain_entries.value);
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
	else if (table->max.value > table->entries.value)
		buffer_printf(b, ": room for %" PRIu64 " more entries",
			      table->max.value - table->entries.value);
	buffer_add(b, ".");
}

static void add_unknown(struct buffer *b, const struct table *table)
{
	buffer_printf(b, "nf_conntrack is %s, and how full its table is cannot be seen here.",
		      module_state_words(table->module));
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
		buffer_add(b, "Full: new connections are dropped." NEXT_ADVISE);
		break;
	case VERDICT_CHAINS:
		add_chains(b, table);
		break;
	case VERDICT_NEARLY_FULL:
		add_nearly_full(b, table);
		break;
	case VERDICT_NEARLY_CHAINS:
		add_nearly_chains(b, judgement);
		break;
	case VERDICT_WAS_FULL:
		add_was_full(b, table);
		break;
	case VERDICT_DIFFERS:
		buffer_add(b, "Fine, but not as configured." NEXT_CHECK);
		break;
	case VERDICT_UNUSED:
		buffer_add(b, "Nothing is tracked in any network namespace." NEXT_USERS);
		break;
	case VERDICT_FINE:
		add_fine(b, table);
		break;
	}
}
