/* Findings: another program sets a value, as the witness has recorded. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/text.h"
#include "model/table/advise-internal.h"

/* Programs that set values by a configuration of their own, and what to change there. */
static const struct {
	const char *command, *advice;
} known_writers[] = {
	{"kube-proxy", "In the configuration of kube-proxy set maxPerCore: 0, min: 0 and timeouts "
		       "of 0s, so that it "
		       "leaves the values alone, and start it again (docs/kubernetes.md)."},
	{"k3s-server",
	 "Give k3s the options --kube-proxy-arg=conntrack-max-per-core=0 and "
	 "--kube-proxy-arg=conntrack-min=0, and start it again (docs/kubernetes.md)."},
	{"tuned",
	 "Set the key to the configured value in a profile of tuned of your own that includes the "
	 "active one (docs/troubleshooting.md)."},
};

static const char *find_advice(const char *command)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_writers); i++)
		if (strcmp(command, known_writers[i].command) == 0)
			return known_writers[i].advice;
	return "Remove the command from there, or put its value into the configuration.";
}

/* Returns the max if a user made it larger, which may have been needed; else 0. */
static uint64_t find_larger_max(const struct last_write *last)
{
	uint64_t number;

	if (!text_ends_with(last->key, "nf_conntrack_max") ||
	    text_parse_number(last->value, strlen(last->value), UINT64_MAX, &number) < 0)
		return 0;
	return number > last->wanted ? number : 0;
}

/* Advises that a larger max stays. Nothing may be advised that makes an enlarged table smaller. */
static void keep_larger_max(const struct advice *advice, uint64_t number, struct draft *draft)
{
	const struct figure unknown = {.known = false};

	draft->command = NULL;
	/* Even then a max of 8 times the buckets counts as one that the kernel computed. */
	if (number == 8 * advice->request->plan->sizes.hashsize)
		return;
	buffer_add(&draft->reason, " With max_policy = at_least a larger max is as configured, so "
				   "that an enlarged table stays.");
	draft_set(draft, "conntrack", "max_policy", unknown, "at_least");
}

/* A setting that is configured already is not advised again. */
static void add_setting(const struct advice *advice, const struct last_write *last,
			struct draft *draft)
{
	const struct figure unknown = {.known = false};
	uint64_t larger = find_larger_max(last);

	if (larger > 0) {
		keep_larger_max(advice, larger, draft);
	} else if (!advice->request->plan->restore) {
		buffer_add(&draft->reason,
			   " With on_drift = restore each look of "
			   "conntrack-persist-check.timer that finds another value sets the "
			   "configured one again.");
		draft_set(draft, "apply", "on_drift", unknown, "restore");
	}
	if (draft->setting_count > 0)
		draft->command = "conntrack-persist install";
}

void advice_other_writer(struct advice *advice)
{
	const struct table *table = advice->request->table;
	const struct last_write *last = &table->last_write;
	struct draft draft = {.kind = FINDING_OTHER_WRITER,
			      .urgency = URGENCY_WARNING,
			      .command = "conntrack-persist apply"};
	const char *key = last->key;
	uint64_t total = table->foreign ? foreign_writes_total(table->foreign) : 0;

	if (!last->writer || !last->active || !last->placed || !advice->request->plan)
		return;
	if (text_starts_with(key, "net.netfilter."))
		key += strlen("net.netfilter.");
	buffer_printf(&draft.summary, "%s sets %s to ", last->writer, key);
	buffer_add_number(&draft.summary, last->value);
	buffer_printf(&draft.summary, ", configured is %s", text_count(last->wanted).text);
	buffer_printf(&draft.title, "Another program sets %s.", key);
	buffer_printf(&draft.evidence, "The witness saw that %s set %s to ", last->writer,
		      last->key);
	buffer_add_number(&draft.evidence, last->value);
	buffer_printf(&draft.evidence, "; configured is %s.", text_count(last->wanted).text);
	if (total > 0)
		buffer_printf(&draft.evidence, " There %s %s foreign write%s since boot.",
			      total == 1 ? "was" : "were", text_count(total).text,
			      total == 1 ? "" : "s");
	buffer_add(&draft.reason, find_advice(last->command));
	add_setting(advice, last, &draft);
	advice_add(advice, &draft);
}
