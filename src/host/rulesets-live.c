/* The rules of this host's network namespaces themselves behind the port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/kernel-file.h"
#include "host/legacy-tables.h"
#include "host/namespaces.h"
#include "host/nft-rules.h"
#include "host/rulesets.h"

/* The kernel shows one line a processor, each with the same number of entries, in hexadecimal, first. */
static void read_entries(struct ruleset *ruleset)
{
	char text[1024], *line;

	if (kernel_file_read("/proc/self/net/stat/nf_conntrack", text, sizeof(text)) < 0)
		return;
	line = strchr(text, '\n');
	if (!line)
		return;
	ruleset->entries = strtoul(line + 1, NULL, 16);
	ruleset->tracks = true;
}

/* Of the namespace that the process is in. */
static int read_rules(struct ruleset *ruleset)
{
	int error = 0;

	read_entries(ruleset);
	/* Asking nft would load it; and where it may not ask, the library says so on standard error by itself. */
	if (kernel_file_has_module("nf_tables"))
		error = geteuid() == 0 ? nft_rules_read(&ruleset->nft) : -EPERM;
	if (error == -ENOMEM)
		return error;
	ruleset->error = error;
	error = legacy_tables_read(ruleset);
	if (error == -ENOMEM)
		return error;
	if (ruleset->error == 0)
		ruleset->error = error;
	return 0;
}

/* Of the one that the process is in, or, entered negative, of one that it could not get into. */
static int add(struct rulesets *rulesets, const char *where, int entered)
{
	struct ruleset *items = realloc(rulesets->items, (rulesets->count + 1) * sizeof(*items));
	struct ruleset ruleset = {.error = entered};
	int error = 0;

	if (!items)
		return -ENOMEM;
	rulesets->items = items;
	ruleset.where = strdup(where);
	if (!ruleset.where)
		return -ENOMEM;
	if (entered == 0)
		error = read_rules(&ruleset);
	if (error < 0) {
		ruleset_done(&ruleset);
		return error;
	}
	items[rulesets->count++] = ruleset;
	return 0;
}

static int visit(struct rulesets *rulesets, const struct network_namespace *one, int way_back)
{
	struct buffer CLEANUP(buffer_clear) where = {0};
	int entered = way_back < 0 ? way_back : namespaces_enter(one);

	/* What has gone in the meantime has no rules. */
	if (entered == -ENOENT)
		return 0;
	network_namespace_describe(one, &where);
	return where.data ? add(rulesets, where.data, entered) : -ENOMEM;
}

int rulesets_read(struct rulesets *ret)
{
	struct rulesets CLEANUP(rulesets_done) rulesets = {0};
	struct network_namespaces CLEANUP(network_namespaces_done) others = {0};
	int CLEANUP(close_descriptor) own = -1;
	int error = add(&rulesets, "", 0);

	if (error == 0 && geteuid() == 0 && namespaces_list(&others) == -ENOMEM)
		error = -ENOMEM;
	if (error == 0 && others.count > 0) {
		/* Without a way back none is entered. */
		int way_back = namespaces_open_own(&own);

		for (size_t i = 0; i < others.count && error == 0; i++)
			error = visit(&rulesets, &others.items[i], way_back);
		if (own >= 0)
			namespaces_return(own);
	}
	if (error < 0)
		return error;
	*ret = rulesets;
	rulesets = (struct rulesets){0};
	return 0;
}
