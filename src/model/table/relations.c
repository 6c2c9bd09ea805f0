/* Relations of this host's programs to timeouts: which configured value breaks which of them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/relations.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* How many seconds a timeout should be longer than the silence that it must outlive. */
#define KEEPALIVE_ROOM 5U
/* The timeout to write where an address is given away: 10 s before the default of 30 s ends. */
#define REUSE_ROOM 10U

/* How a timeout must compare with the seconds of a relation. */
enum demand {
	DEMAND_LONGER,
	DEMAND_AS_LONG,
	DEMAND_NOT_LONGER,
};

static const struct rule {
	enum relation_kind kind;
	enum demand demand;
	const char *timeout; /* in [timeouts] */
	const char *breaks;  /* a sentence without its period */
} rules[] = {
	{RELATION_KEEPALIVE, DEMAND_LONGER, "udp_stream",
	 "The kernel forgets the tunnel between two keepalives, and until the next one stateful "
	 "rules drop what the peer sends, and NAT does not pass it on"},
	{RELATION_KEEPALIVE, DEMAND_LONGER, "udp",
	 "While the peer does not answer, the kernel forgets the tunnel between two keepalives, so "
	 "that a late answer is dropped, and NAT may give the tunnel another port"},
	{RELATION_HALF_CLOSED, DEMAND_AS_LONG, "tcp_close_wait",
	 "The kernel forgets a connection that one side has closed before the proxy does, so that "
	 "the rest of a slow answer is dropped"},
	{RELATION_RESOLVER, DEMAND_AS_LONG, "udp",
	 "Stateful rules and NAT drop an answer that the resolver still waits for, so that names "
	 "cannot be resolved while a name server is slow"},
	{RELATION_ADDRESS_REUSE, DEMAND_NOT_LONGER, "tcp_syn_sent",
	 "By then the VPC CNI may have given the address of a deleted pod to another pod, and a "
	 "repeated SYN of the old connection reaches that pod"},
};

void relations_done(struct relations *relations)
{
	for (size_t i = 0; i < relations->count; i++)
		free(relations->items[i].path);
	*relations = (struct relations){0};
}

/* Returns the index of the relation of this kind, or `count` if there is none. */
static size_t find_index(const struct relations *relations, enum relation_kind kind)
{
	size_t i = 0;

	while (i < relations->count && relations->items[i].kind != kind)
		i++;
	return i;
}

static const struct relation *find_relation(const struct relations *relations,
					    enum relation_kind kind)
{
	size_t i = find_index(relations, kind);

	return i < relations->count ? &relations->items[i] : NULL;
}

/* Returns whether a timeout breaks the first one sooner than the second one. */
static bool is_stricter(enum relation_kind kind, uint64_t first, uint64_t second)
{
	return kind == RELATION_ADDRESS_REUSE ? first < second : first > second;
}

int relations_note(struct relations *relations, enum relation_kind kind, const char *path,
		   const struct relation_line *found)
{
	size_t i = find_index(relations, kind);
	struct relation *relation = &relations->items[i];
	char *copy;

	if (found->seconds == 0 ||
	    (i < relations->count && !is_stricter(kind, found->seconds, relation->found.seconds)))
		return 0;
	copy = strdup(path);
	if (!copy)
		return -ENOMEM;
	if (i < relations->count)
		free(relation->path);
	else
		relations->count++;
	*relation = (struct relation){.kind = kind, .path = copy, .found = *found};
	return 0;
}

static const struct setting *find_timeout(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->setting_count; i++)
		if (strcmp(plan->settings[i].row->section, "timeouts") == 0 &&
		    strcmp(plan->settings[i].row->name, name) == 0)
			return &plan->settings[i];
	return NULL;
}

bool relation_concerns(enum relation_kind kind, const struct plan *plan)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (rules[i].kind == kind && find_timeout(plan, rules[i].timeout))
			return true;
	return false;
}

static bool is_kept(const struct rule *rule, uint64_t timeout, uint64_t seconds)
{
	switch (rule->demand) {
	case DEMAND_LONGER:
		return timeout > seconds;
	case DEMAND_AS_LONG:
		return timeout >= seconds;
	default:
		return timeout <= seconds;
	}
}

/* Returns the timeout to write. */
static uint64_t propose(const struct rule *rule, uint64_t seconds)
{
	switch (rule->demand) {
	case DEMAND_LONGER:
		return seconds + KEEPALIVE_ROOM;
	case DEMAND_AS_LONG:
		return seconds;
	default:
		return seconds > REUSE_ROOM ? seconds - REUSE_ROOM : seconds;
	}
}

/* Adds "the 25 s of "PersistentKeepalive = 25" (PATH:7)" or "the default of 5 s (PATH)". */
static void add_limit(const struct relation *relation, struct buffer *b)
{
	const struct relation_line *found = &relation->found;

	if (found->line == 0) {
		buffer_printf(b, "the default of %" PRIu64 " s (%s)", found->seconds,
			      relation->path);
		return;
	}
	buffer_printf(b, "the %" PRIu64 " s of \"%s\" (%s:%u)", found->seconds, found->words,
		      relation->path, found->line);
}

static void warn(const struct rule *rule, const struct relation *relation,
		 const struct setting *setting, struct problems *problems)
{
	static const char *const words[] = {
		[DEMAND_LONGER] = "not longer than",
		[DEMAND_AS_LONG] = "shorter than",
		[DEMAND_NOT_LONGER] = "longer than",
	};
	struct buffer CLEANUP(buffer_clear) text = {0};

	buffer_printf(&text, "timeouts.%s: %" PRIu64 " s is %s ", rule->timeout, setting->wanted,
		      words[rule->demand]);
	add_limit(relation, &text);
	buffer_printf(&text, ". %s; write \"%s = %" PRIu64 "\"%s", rule->breaks, rule->timeout,
		      propose(rule, relation->found.seconds),
		      rule->demand == DEMAND_NOT_LONGER ? "" : ", or more");
	problems->out_of_memory |= text.error < 0;
	problems_add(problems, SEVERITY_WARNING, setting->source.file, setting->source.line, "%s",
		     text.data ? text.data : "");
}

void relations_judge(const struct relations *relations, const struct plan *plan,
		     struct problems *problems)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct relation *relation = find_relation(relations, rules[i].kind);
		const struct setting *setting = find_timeout(plan, rules[i].timeout);

		if (relation && setting && setting->wanted > 0 &&
		    !is_kept(&rules[i], setting->wanted, relation->found.seconds))
			warn(&rules[i], relation, setting, problems);
	}
}

uint64_t relations_least(const struct relations *relations, const char *name)
{
	uint64_t least = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct relation *relation = find_relation(relations, rules[i].kind);
		uint64_t seconds;

		if (!relation || rules[i].demand == DEMAND_NOT_LONGER ||
		    strcmp(rules[i].timeout, name) != 0)
			continue;
		seconds = propose(&rules[i], relation->found.seconds);
		if (seconds > least)
			least = seconds;
	}
	return least;
}
