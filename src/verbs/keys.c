/* The verb keys: every setting known, its bounds, and whether this kernel has it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "model/schema.h"
#include "verbs/verbs.h"

enum presence {
	PRESENCE_UNKNOWN,
	PRESENCE_NO,
	PRESENCE_YES,
};

/* Keys exist only while the module is loaded: before that nobody can say. */
static enum presence find_presence(const struct context *context, const struct schema_row *row)
{
	char path[128];

	if (!row->key || context->options->root ||
	    !kernel_has(context->kernel, "/proc/sys/net/netfilter/nf_conntrack_max"))
		return PRESENCE_UNKNOWN;
	(void)snprintf(path, sizeof(path), "/proc/sys/net/netfilter/%s", row->key);
	return kernel_has(context->kernel, path) ? PRESENCE_YES : PRESENCE_NO;
}

static void describe_bounds(const struct schema_row *row, struct buffer *b)
{
	switch (row->type) {
	case TYPE_SIZE:
	case TYPE_NUMBER:
	case TYPE_SECONDS:
		buffer_printf(b, "%" PRIu64 "-%" PRIu64, row->min, row->max);
		break;
	case TYPE_BOOL:
		buffer_add(b, "yes, no");
		break;
	case TYPE_CHOICE:
		for (size_t i = 0; row->choices[i]; i++)
			buffer_printf(b, "%s%s", i ? ", " : "", row->choices[i]);
		break;
	case TYPE_BYTES:
		buffer_add(b, "0-");
		break;
	case TYPE_SHARE:
		buffer_add(b, "1%-100%, bytes");
		break;
	}
}

static void set_text(struct report *report, json_t *item, const char *name, const char *text)
{
	report_set_member(report, item, name, text ? json_string(text) : json_null());
}

static void add_json(struct context *context, const struct schema_row *row, const char *bounds,
		     enum presence presence)
{
	struct buffer CLEANUP(buffer_clear) allowed = {0};
	struct report *report = context->report;
	json_t *item = json_object();

	schema_describe_allowed(row, &allowed);
	set_text(report, item, "section", row->section);
	set_text(report, item, "name", row->name);
	set_text(report, item, "unit", schema_unit(row));
	set_text(report, item, "bounds", bounds);
	set_text(report, item, "allowed", allowed.data);
	set_text(report, item, "default", row->fallback);
	set_text(report, item, "key", row->key);
	set_text(report, item, "since", row->since);
	set_text(report, item, "until", row->until);
	set_text(report, item, "kernel_option", row->gate);
	report_set_member(report, item, "here",
			  presence == PRESENCE_UNKNOWN ? json_null()
						       : json_boolean(presence == PRESENCE_YES));
	set_text(report, item, "meaning", row->doc);
	report_add_item(report, json_object_get(report_object(report), "keys"), item);
}

static void print_row(struct context *context, const struct schema_row *row, const char *bounds,
		      enum presence presence)
{
	static const char *const words[] = {
		[PRESENCE_UNKNOWN] = "?", [PRESENCE_NO] = "no", [PRESENCE_YES] = "yes"};
	const char *here = row->key ? words[presence] : "-";

	report_say(context->report, "  %-23s %-8s %-21s %-10s %s", row->name, schema_unit(row),
		   bounds, row->fallback, here);
	if (context->options->verbose)
		report_say(context->report, "    %s", row->doc);
}

static enum exit_code run_keys(struct context *context)
{
	const char *section;

	report_set_member(context->report, report_object(context->report), "keys", json_array());
	report_say(context->report, "  %-23s %-8s %-21s %-10s %s", "NAME", "UNIT", "BOUNDS",
		   "DEFAULT", "HERE");
	for (size_t k = 0; (section = schema_section(k)); k++) {
		report_say(context->report, "[%s]", section);
		for (size_t i = 0; i < schema_count; i++) {
			struct buffer CLEANUP(buffer_clear) bounds = {0};
			enum presence presence = find_presence(context, &schema[i]);

			if (strcmp(schema[i].section, section) != 0)
				continue;
			describe_bounds(&schema[i], &bounds);
			if (!bounds.data)
				return EXIT_FAILED;
			add_json(context, &schema[i], bounds.data, presence);
			print_row(context, &schema[i], bounds.data, presence);
		}
	}
	report_say(context->report,
		   "HERE: on this kernel; ? while nf_conntrack is not loaded. Meanings: keys -v");
	return EXIT_DONE;
}

const struct verb verb_keys = {
	.name = "keys",
	.help = "list every setting, its bounds and the kernel's default",
	.run = run_keys,
	.flags = 0,
};
