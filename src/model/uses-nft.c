/* What of an nft ruleset needs connection tracking. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "model/uses.h"

static const char breaks[] = "nft refuses the whole file that has such a rule";

/* Words of libnftables-json(5), version 1.0.6, that stand for an expression or statement whose module needs it. */
static const struct {
	const char *key, *words;
} statements[] = {
	{"ct", "connection state (ct)"},
	{"ct helper", "helpers (ct helper)"},
	{"ct timeout", "timeout policies (ct timeout)"},
	{"ct expectation", "expectations (ct expectation)"},
	{"ct count", "limits of connections (ct count)"},
	{"notrack", "notrack"},
	{"snat", "address translation (snat)"},
	{"dnat", "address translation (dnat)"},
	{"masquerade", "masquerading"},
	{"redirect", "redirection"},
	{"flow", "flow offload"},
	{"flowtable", "flowtables"},
	{"synproxy", "synproxy"},
};

/* Extensions of iptables, which iptables-nft puts into nft rules: {"xt": {"type": "match", "name": "conntrack"}}. */
static const char *const extensions[] = {
	"conntrack",  "state",	   "CT",      "NOTRACK",  "connmark",  "CONNMARK", "connbytes",
	"connlabel",  "connlimit", "cluster", "helper",	  "SNAT",      "DNAT",	   "nat",
	"MASQUERADE", "REDIRECT",  "NETMAP",  "SYNPROXY", "CLUSTERIP", "ipvs",	   "CONNSECMARK"};

/* What the rules of one chain need; one finding. */
struct tally {
	char name[256];
	unsigned int rules;
	bool statements[ARRAY_SIZE(statements)];
	bool extensions[ARRAY_SIZE(extensions)];
};

static bool note_extension(const json_t *xt, struct tally *tally)
{
	const char *name = json_string_value(json_object_get(xt, "name"));

	for (size_t i = 0; name && i < ARRAY_SIZE(extensions); i++)
		if (strcmp(name, extensions[i]) == 0) {
			tally->extensions[i] = true;
			return true;
		}
	return false;
}

/* A value with all that is in it; a ruleset is as deep as nft lets a rule be, and jansson reads 2048 levels at most. */
static bool note_value(json_t *value, struct tally *tally)
{
	bool found = false;

	for (size_t i = 0; i < json_array_size(value); i++)
		found |= note_value(json_array_get(value, i), tally);
	for (void *at = json_object_iter(value); at; at = json_object_iter_next(value, at)) {
		const char *key = json_object_iter_key(at);
		json_t *item = json_object_iter_value(at);

		for (size_t i = 0; i < ARRAY_SIZE(statements); i++)
			if (strcmp(key, statements[i].key) == 0)
				found = tally->statements[i] = true;
		found |= strcmp(key, "xt") == 0 ? note_extension(item, tally)
						: note_value(item, tally);
	}
	return found;
}

static void name_chain(const json_t *object, const char *where, const char *chain, char *name,
		       size_t size)
{
	const char *family = json_string_value(json_object_get(object, "family"));
	const char *table = json_string_value(json_object_get(object, "table"));

	(void)snprintf(name, size, "nft %s %s%s%s%s%s", family ? family : "?", table ? table : "?",
		       chain ? " " : "", chain ? chain : "", *where ? ", " : "", where);
}

static void add_words(struct buffer *b, const char *words)
{
	buffer_printf(b, "%s%s", b->length ? ", " : "", words);
}

static void finish_tally(struct tally *tally, struct uses *uses)
{
	struct buffer CLEANUP(buffer_clear) words = {0};

	for (size_t i = 0; i < ARRAY_SIZE(statements); i++)
		if (tally->statements[i])
			add_words(&words, statements[i].words);
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		if (tally->extensions[i])
			add_words(&words, extensions[i]);
	if (words.error < 0)
		uses->out_of_memory = true;
	if (tally->rules > 0)
		uses_add(uses,
			 &(struct use_heading){.certainty = USE_CERTAIN,
					       .kind = "rules",
					       .name = tally->name,
					       .breaks = breaks},
			 "%u rule%s with %s", tally->rules, tally->rules == 1 ? "" : "s",
			 words.data ? words.data : "?");
	*tally = (struct tally){0};
}

static void add_object(const char *name, const char *evidence, struct uses *uses)
{
	char copy[256];

	(void)snprintf(copy, sizeof(copy), "%s", name);
	uses_add(uses,
		 &(struct use_heading){
			 .certainty = USE_CERTAIN, .kind = "rules", .name = copy, .breaks = breaks},
		 "%s", evidence);
}

static void judge_rule(const json_t *rule, const char *where, struct tally *tally,
		       struct uses *uses)
{
	char name[sizeof(tally->name)];

	name_chain(rule, where, json_string_value(json_object_get(rule, "chain")), name,
		   sizeof(name));
	if (strcmp(name, tally->name) != 0)
		finish_tally(tally, uses);
	if (note_value(json_object_get(rule, "expr"), tally))
		tally->rules++;
	(void)snprintf(tally->name, sizeof(tally->name), "%s", name);
}

/* Each item of the list is an object with one key, its kind. */
static void judge_item(const json_t *item, const char *where, struct tally *tally,
		       struct uses *uses)
{
	const json_t *chain = json_object_get(item, "chain"), *object;
	const json_t *rule = json_object_get(item, "rule");
	const char *type = json_string_value(json_object_get(chain, "type"));
	char name[256];

	if (rule)
		judge_rule(rule, where, tally, uses);
	if (type && strcmp(type, "nat") == 0) {
		finish_tally(tally, uses);
		name_chain(chain, where, json_string_value(json_object_get(chain, "name")), name,
			   sizeof(name));
		add_object(name, "a chain of type nat", uses);
	}
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++) {
		object = json_object_get(item, statements[i].key);
		if (!object)
			continue;
		finish_tally(tally, uses);
		name_chain(object, where, json_string_value(json_object_get(object, "name")), name,
			   sizeof(name));
		add_object(name, statements[i].words, uses);
	}
}

int uses_of_nft(const char *text, const char *where, struct uses *uses)
{
	json_error_t error = {0};
	json_t *ruleset = json_loads(text, 0, &error);
	const json_t *list = json_object_get(ruleset, "nftables");
	struct tally tally = {0};

	if (!json_is_array(list)) {
		json_decref(ruleset);
		/* jansson has a text for what it cannot read, none for a lack of memory, and sets no code. */
		return !ruleset && !*error.text ? -ENOMEM : -EBADMSG;
	}
	for (size_t i = 0; i < json_array_size(list); i++)
		judge_item(json_array_get(list, i), where, &tally, uses);
	finish_tally(&tally, uses);
	json_decref(ruleset);
	return 0;
}
