/*
 * Reads the rules of this host's network namespaces: the body of the port in the shipped program.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/firewall/nft-rules.h"
#include "host/firewall/rulesets.h"
#include "host/kernel/kernel-file.h"
#include "host/kernel/namespaces.h"

struct rulesets_reading {
	int has_nft; /* 1: nf_tables is loaded; 0: not; or negative, as in struct ruleset */
	struct netfilter netfilter;
	struct rules_budget budget; /* of all namespaces */
	struct uses *uses;
	size_t limit; /* of uses->count */
	const struct ruleset_visitor *visitor;
};

/*
 * The kernel prints one line for each processor; the first number of each is the number of entries,
 * in hexadecimal.
 */
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

/*
 * Only root may read the names. For another user such tables may exist if the kernel has code for
 * them.
 */
static bool has_legacy_tables(void)
{
	static const char *const paths[] = {"/proc/self/net/ip_tables_names",
					    "/proc/self/net/ip6_tables_names"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		char names[512];
		int error = kernel_file_read(paths[i], names, sizeof(names));

		if (error == 0 ? *names != '\0' : error != -ENOENT)
			return true;
	}
	return false;
}

/*
 * Reads the rules of the current namespace. where: for the names of the findings, "" for the
 * process's own.
 */
static int read_one(struct rulesets_reading *reading, const char *where)
{
	struct uses CLEANUP(uses_done) found = {.limit = RULES_USES_MAX};
	struct rules_budget budget = rules_budget_of_one(&reading->budget);
	const size_t bytes = budget.bytes;
	struct ruleset ruleset = {.where = *where ? where : "this host",
				  .error = reading->has_nft,
				  .legacy = has_legacy_tables()};

	read_entries(&ruleset);
	if (ruleset.error > 0)
		ruleset.error = nft_rules_read(&reading->netfilter, &budget, where, &found);
	reading->budget.bytes -= bytes - budget.bytes;
	uses_move(&found, reading->uses, reading->limit);
	if (ruleset.error == -ENOMEM)
		return -ENOMEM;
	return reading->visitor->visit(reading->visitor->data, &ruleset);
}

static int visit_error(const struct rulesets_reading *reading, const char *where, int error)
{
	return reading->visitor->visit(reading->visitor->data,
				       &(struct ruleset){.where = where, .error = error});
}

static int visit_namespace(struct rulesets_reading *reading,
			   const struct network_namespace *namespace)
{
	struct buffer CLEANUP(buffer_clear) where = {0};
	int error = namespaces_enter(namespace);

	/* A namespace that has gone in the meantime has no rules. */
	if (error == -ENOENT)
		return 0;
	network_namespace_describe(namespace, &where);
	if (!where.data)
		return -ENOMEM;
	return error < 0 ? visit_error(reading, where.data, error) : read_one(reading, where.data);
}

/*
 * Stops when the time or the bytes for all are used up: the visitor gets the remaining namespaces
 * as one.
 */
static int visit_namespaces(struct rulesets_reading *reading,
			    const struct network_namespaces *others)
{
	int error = 0;

	for (size_t i = 0; i < others->count && error == 0; i++) {
		char where[64];

		error = rules_budget_spend(&reading->budget, 1);
		if (error == 0) {
			error = visit_namespace(reading, &others->items[i]);
			continue;
		}
		(void)snprintf(where, sizeof(where), "%zu more network namespace%s",
			       others->count - i, others->count - i == 1 ? "" : "s");
		return visit_error(reading, where, error);
	}
	return error;
}

static int read_others(struct rulesets_reading *reading)
{
	static const char others[] = "other network namespaces";
	struct network_namespaces CLEANUP(network_namespaces_done) found = {0};
	int CLEANUP(close_descriptor) own = -1;
	int error = geteuid() == 0 ? namespaces_list(&found) : -EPERM;

	/* Without a way back no namespace is entered. */
	if (error == 0 && found.count > 0)
		error = namespaces_open_own(&own);
	if (error < 0)
		return error == -ENOMEM ? error : visit_error(reading, others, error);
	if (own >= 0) {
		error = visit_namespaces(reading, &found);
		namespaces_return(own);
	}
	if (error == 0 && found.cut)
		error = visit_error(reading, others, -E2BIG);
	if (error == 0 && found.hidden)
		error = visit_error(reading, "the network namespaces of some processes", -EACCES);
	return error;
}

int rulesets_read(struct uses *uses, const struct ruleset_visitor *visitor)
{
	struct rulesets_reading reading = {.has_nft = kernel_file_has_module("nf_tables"),
					   .uses = uses,
					   .limit = uses->count + RULES_USES_OF_ALL_MAX,
					   .visitor = visitor};
	int error = reading.has_nft > 0 ? netfilter_load(&reading.netfilter) : 0;

	if (error < 0)
		reading.has_nft = error;
	rules_budget_start(&reading.budget);
	error = read_one(&reading, "");
	return error < 0 ? error : read_others(&reading);
}
