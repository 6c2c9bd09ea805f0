/* Prints the head of a plan: the mode, the table and the memory that it takes when full. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/text.h"
#include "model/plan/sizes.h"
#include "report/report-internal.h"

/*
 * Returns whether the plan's settings give each entry a block for extensions, so that NAT needs no
 * other one.
 */
static bool extends_entries(const struct plan *plan)
{
	for (size_t i = 0; i < plan->setting_count; i++) {
		const char *name = plan->settings[i].row->name;
		uint64_t value = plan->settings[i].wanted;

		if ((value > 0 && strcmp(name, "acct") == 0) ||
		    (value > 0 && strcmp(name, "timestamp") == 0) ||
		    (value == 1 && strcmp(name, "events") == 0))
			return true;
	}
	return false;
}

/*
 * Returns what a full table takes beside `table_bytes` if each entry is translated; max is
 * 2147483647 at most.
 */
static uint64_t count_nat_bytes(const struct sizes *sizes)
{
	return sizes->max * ENTRY_EXTENSION_BYTES;
}

static void say_memory(struct report *report, const struct plan *plan)
{
	report_say_row(report, "memory", "%s when full, and %s more %s",
		       text_amount(plan->sizes.table_bytes).text,
		       text_amount(count_nat_bytes(&plan->sizes)).text,
		       extends_entries(plan) ? "for acct, timestamp or events, NAT included"
					     : "if NAT translates every entry");
	report_say_row(report, "", "max applies to each network namespace separately");
}

static void say_scope(struct report *report, const struct plan *plan)
{
	if (!plan->all_namespaces)
		return;
	report_set_member(report, report->object, "scope", json_string("all"));
	report_say_row(report, "scope", "timeouts and options are set in every network namespace");
}

void report_plan(struct report *report, const struct plan *plan)
{
	const struct sizes *sizes = &plan->sizes;

	report_set_member(report, report->object, "mode",
			  json_string(plan->mode == MODE_TUNE ? "tune" : "disable"));
	if (plan->mode == MODE_DISABLE) {
		report_say_row(report, "mode", "disable: nf_conntrack is kept off this host");
		return;
	}
	if (!sizes->max) {
		report_say_row(report, "mode", "tune; the sizes are left %s",
			       sizes->from_ram ? "to the host that boots" : "alone");
		say_scope(report, plan);
		return;
	}
	report_say_row(report, "mode", "tune");
	say_scope(report, plan);
	report_say_row(report, "table", "max %s entries%s, hashsize %s buckets%s",
		       text_count(sizes->max).text, sizes->at_least ? " or more" : "",
		       text_count(sizes->hashsize).text, sizes->from_ram ? " (auto)" : "");
	say_memory(report, plan);
	report_set_member(report, report->object, "sizes",
			  report_pack(report, "{s:I, s:I, s:b, s:I, s:I}", "max",
				      (json_int_t)sizes->max, "hashsize",
				      (json_int_t)sizes->hashsize, "auto", sizes->from_ram,
				      "memory", (json_int_t)sizes->table_bytes, "nat_memory",
				      (json_int_t)count_nat_bytes(sizes)));
}
