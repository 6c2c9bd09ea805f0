/* What both bodies of the port to the rules share. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/rulesets.h"

void ruleset_done(struct ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->table_count; i++)
		free(ruleset->tables[i].entries);
	free(ruleset->tables);
	free(ruleset->where);
	free(ruleset->nft);
	*ruleset = (struct ruleset){0};
}

void rulesets_done(struct rulesets *rulesets)
{
	for (size_t i = 0; i < rulesets->count; i++)
		ruleset_done(&rulesets->items[i]);
	free(rulesets->items);
	*rulesets = (struct rulesets){0};
}
