/*
 * Replaces network namespaces in the test twin by folders: $CONNTRACK_PERSIST_HOST/rulesets/NAME,
 * "own" first.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/faults.h"
#include "harness/nft-messages.h"
#include "host/firewall/rulesets.h"
#include "model/users/uses-nft.h"

static FILE *open_file(const char *folder, const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return NULL;
	return fopen(path, "r");
}

/* Lines as nft-messages.h has them. */
static int read_nft(const char *folder, const char *where, struct uses *uses)
{
	struct nft_reader reader = {.uses = uses, .where = where};
	FILE *file = open_file(folder, "nft");
	struct nft_message message;
	char line[4096];
	int error = 0;

	while (file && error == 0 && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!*line)
			continue;
		if (nft_message_make(line, &message) < 0) {
			(void)fprintf(stderr, "rulesets: no such line: %s\n", line);
			abort();
		}
		error = nft_reader_read(&reader, message.type, message.bytes, message.size);
	}
	if (file)
		(void)fclose(file);
	nft_reader_finish(&reader);
	return error;
}

static int read_one(const char *host, const char *name, struct uses *uses,
		    const struct ruleset_visitor *visitor)
{
	char folder[PATH_MAX], where[64] = "";
	struct ruleset ruleset = {.where = where, .error = faults_find(host, "rules", name)};
	FILE *file;

	if (snprintf(folder, sizeof(folder), "%s/rulesets/%s", host, name) >= (int)sizeof(folder))
		return -ENAMETOOLONG;
	if (strcmp(name, "own") != 0)
		(void)snprintf(where, sizeof(where), "namespace %s", name);
	if (ruleset.error == 0)
		ruleset.error = read_nft(folder, where, uses);
	if (ruleset.error == -ENOMEM)
		return -ENOMEM;
	file = open_file(folder, "legacy");
	ruleset.legacy = file != NULL;
	if (file)
		(void)fclose(file);
	file = open_file(folder, "entries");
	if (file) {
		ruleset.tracks = fscanf(file, "%lu", &ruleset.entries) == 1;
		(void)fclose(file);
	}
	if (!*where)
		ruleset.where = "this host";
	return visitor->visit(visitor->data, &ruleset);
}

/*
 * "rules others ERRNO" among the faults: other namespaces cannot be listed. An ordinary user cannot
 * enter them.
 */
int rulesets_read(struct uses *uses, const struct ruleset_visitor *visitor)
{
	const char *host = getenv("CONNTRACK_PERSIST_HOST");
	int error = read_one(host, "own", uses, visitor), count, others;
	struct dirent **names = NULL;
	char folder[PATH_MAX];

	others = getenv("CONNTRACK_PERSIST_UNPRIVILEGED") ? -EPERM
							  : faults_find(host, "rules", "others");
	if (error == 0 && others < 0)
		return visitor->visit(
			visitor->data,
			&(struct ruleset){.where = "other network namespaces", .error = others});
	if (snprintf(folder, sizeof(folder), "%s/rulesets", host) >= (int)sizeof(folder))
		error = -ENAMETOOLONG;
	count = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (error == 0 && names[i]->d_name[0] != '.' &&
		    strcmp(names[i]->d_name, "own") != 0)
			error = read_one(host, names[i]->d_name, uses, visitor);
		free(names[i]);
	}
	free(names);
	return error;
}
