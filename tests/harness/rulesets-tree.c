/* Folders as network namespaces, for the test twin: $CONNTRACK_PERSIST_HOST/rulesets/NAME, "own" first. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/faults.h"
#include "host/rulesets.h"

/* A whole file, NUL-terminated; NULL: there is none. */
static char *read_file(const char *folder, const char *name, size_t *ret_size)
{
	char path[PATH_MAX], *text;
	size_t size;
	FILE *file;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return NULL;
	file = fopen(path, "r");
	if (!file)
		return NULL;
	text = calloc(1, 1 << 16);
	size = text ? fread(text, 1, (1 << 16) - 1, file) : 0;
	(void)fclose(file);
	if (ret_size)
		*ret_size = size;
	return text;
}

static int read_ruleset(const char *host, const char *name, struct ruleset *ret)
{
	static const char *const tables[] = {"filter", "nat"};
	struct ruleset ruleset = {.tables =
					  calloc(2 * ARRAY_SIZE(tables), sizeof(*ruleset.tables))};
	char folder[PATH_MAX], where[64] = "", *entries;

	if (snprintf(folder, sizeof(folder), "%s/rulesets/%s", host, name) >= (int)sizeof(folder))
		return -ENAMETOOLONG;
	if (strcmp(name, "own") != 0)
		(void)snprintf(where, sizeof(where), "namespace %s", name);
	ruleset.where = strdup(where);
	if (!ruleset.where || !ruleset.tables)
		return -ENOMEM;
	ruleset.error = faults_find(host, "rules", name);
	if (ruleset.error == 0)
		ruleset.nft = read_file(folder, "nft.json", NULL);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(tables); i++) {
		struct legacy_table *table = &ruleset.tables[ruleset.table_count];
		char file[64];

		table->ipv6 = i % 2;
		(void)snprintf(table->name, sizeof(table->name), "%s", tables[i / 2]);
		(void)snprintf(file, sizeof(file), "legacy-%s%s", table->name,
			       table->ipv6 ? "6" : "");
		table->entries = (unsigned char *)read_file(folder, file, &table->size);
		ruleset.table_count += table->entries != NULL;
	}
	entries = read_file(folder, "entries", NULL);
	if (entries) {
		ruleset.tracks = true;
		ruleset.entries = strtoul(entries, NULL, 10);
		free(entries);
	}
	*ret = ruleset;
	return 0;
}

int rulesets_read(struct rulesets *ret)
{
	const char *host = getenv("CONNTRACK_PERSIST_HOST");
	struct rulesets rulesets = {.items = calloc(16, sizeof(*rulesets.items))};
	struct dirent **names = NULL;
	char folder[PATH_MAX];
	int count, error;

	if (!rulesets.items)
		return -ENOMEM;
	error = read_ruleset(host, "own", &rulesets.items[rulesets.count++]);
	if (snprintf(folder, sizeof(folder), "%s/rulesets", host) >= (int)sizeof(folder))
		error = -ENAMETOOLONG;
	count = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (error == 0 && names[i]->d_name[0] != '.' &&
		    strcmp(names[i]->d_name, "own") != 0 && rulesets.count < 16)
			error = read_ruleset(host, names[i]->d_name,
					     &rulesets.items[rulesets.count++]);
		free(names[i]);
	}
	free(names);
	*ret = rulesets;
	return error;
}
