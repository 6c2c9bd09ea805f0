/*
 * The verb keys: prints every known setting with its bounds, its live value, and whether this
 * kernel has it.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "model/config/schema.h"
#include "model/runtime/runtime-values.h"
#include "verbs/verbs.h"

enum presence {
	PRESENCE_UNKNOWN,
	PRESENCE_NO,
	PRESENCE_YES,
};

/* The live value of a setting on this host. */
struct key_finding {
	enum presence presence;
	char live
		/* as the kernel shows it; "": there is none, or it was not read */
		[VALUE_TEXT_SIZE];
	bool unreadable;
};

/*
 * Returns whether the kernel has the key. Keys exist only while the module is loaded; before that
 * the answer is unknown.
 */
static enum presence find_presence(const struct context *context, const struct schema_row *row)
{
	char path[128];

	if (!row->key || !kernel_has(context->kernel, PATH_PROC "/nf_conntrack_max"))
		return PRESENCE_UNKNOWN;
	(void)snprintf(path, sizeof(path), PATH_PROC "/%s", row->key);
	return kernel_has(context->kernel, path) ? PRESENCE_YES : PRESENCE_NO;
}

/*
 * Reads the live value. Only root can read the parameter; everybody can read the same number of
 * buckets from the key.
 */
static int read_live(const struct kernel *kernel, const struct schema_row *row,
		     char text[static VALUE_TEXT_SIZE])
{
	char path[128];
	int error;

	if (row->key) {
		(void)snprintf(path, sizeof(path), PATH_PROC "/%s", row->key);
		return kernel_read(kernel, path, text, VALUE_TEXT_SIZE);
	}
	if (row == &schema[SETTING_EXPECT_HASHSIZE])
		return kernel_read(kernel, PATH_PARAMETERS "/expect_hashsize", text,
				   VALUE_TEXT_SIZE);
	if (row != &schema[SETTING_HASHSIZE])
		return -ENOENT;
	error = kernel_read(kernel, PATH_PARAMETERS "/hashsize", text, VALUE_TEXT_SIZE);
	return error == -EACCES ? kernel_read(kernel, PATH_BUCKETS, text, VALUE_TEXT_SIZE) : error;
}

/* An image has neither keys nor live values. */
static struct key_finding look_for(const struct context *context, const struct schema_row *row)
{
	struct key_finding finding = {.presence = PRESENCE_UNKNOWN};
	int error;

	if (context->options->root)
		return finding;
	finding.presence = find_presence(context, row);
	error = read_live(context->kernel, row, finding.live);
	if (error < 0)
		finding.live[0] = '\0';
	finding.unreadable = error < 0 && error != -ENOENT;
	return finding;
}

static void describe_bounds(const struct schema_row *row, bool screen, struct buffer *b)
{
	switch (row->type) {
	case TYPE_SIZE:
	case TYPE_NUMBER:
	case TYPE_SECONDS:
		schema_add_number(row->min, screen, b);
		buffer_add(b, "-");
		schema_add_number(row->max, screen, b);
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

/*
 * Returns a JSON number as the kernel shows it, which may be negative up to Linux 5.15. The caller
 * owns it; NULL: no memory.
 */
static json_t *live_number(const char *text)
{
	bool negative = text[0] == '-';
	uint64_t number;

	if (text_parse_number(text + negative, strlen(text + negative), INT64_MAX, &number) < 0)
		return json_null();
	return json_integer(negative ? -(json_int_t)number : (json_int_t)number);
}

static void add_json(struct context *context, const struct schema_row *row,
		     const struct key_finding *finding)
{
	struct buffer CLEANUP(buffer_clear) allowed = {0}, bounds = {0};
	struct report *report = context->report;
	json_t *item = json_object();

	schema_describe_allowed(row, false, &allowed);
	describe_bounds(row, false, &bounds);
	if (allowed.error < 0 || bounds.error < 0)
		report_set_incomplete(report);
	set_text(report, item, "section", row->section);
	set_text(report, item, "name", row->name);
	set_text(report, item, "unit", schema_unit(row));
	set_text(report, item, "bounds", bounds.data);
	set_text(report, item, "allowed", allowed.data);
	set_text(report, item, "default", row->fallback);
	report_set_member(report, item, "live", live_number(finding->live));
	set_text(report, item, "key", row->key);
	set_text(report, item, "since", row->since);
	set_text(report, item, "until", row->until);
	set_text(report, item, "kernel_option", row->gate);
	report_set_member(report, item, "here",
			  finding->presence == PRESENCE_UNKNOWN
				  ? json_null()
				  : json_boolean(finding->presence == PRESENCE_YES));
	set_text(report, item, "meaning", row->doc);
	report_add_item(report, json_object_get(report_object(report), "keys"), item);
}

/* Adds a live value or a text of the schema as the screen shows it. */
static void describe_value(const struct schema_row *row, const char *text, struct buffer *b)
{
	if (row->type == TYPE_BOOL && (strcmp(text, "0") == 0 || strcmp(text, "1") == 0))
		buffer_add(b, text[0] == '1' ? "yes" : "no");
	else
		buffer_add_number(b, text);
}

static void print_row(struct context *context, const struct schema_row *row,
		      const struct key_finding *finding)
{
	static const char *const words[] = {
		[PRESENCE_UNKNOWN] = "?", [PRESENCE_NO] = "no", [PRESENCE_YES] = "yes"};
	struct buffer CLEANUP(buffer_clear) bounds = {0}, fallback = {0}, live = {0};
	const char *none = finding->unreadable ? "not readable" : "-";

	describe_bounds(row, true, &bounds);
	describe_value(row, row->fallback, &fallback);
	describe_value(row, finding->live[0] ? finding->live : none, &live);
	if (!bounds.data || !fallback.data || !live.data) {
		report_set_incomplete(context->report);
		return;
	}
	report_say(context->report, "  %-22s %-7s %-20s %-9s %-11s %s", row->name, schema_unit(row),
		   bounds.data, fallback.data, live.data,
		   row->key ? words[finding->presence] : "-");
	if (context->options->verbose)
		report_say(context->report, "    %s", row->doc);
}

static enum exit_code run_keys(struct context *context)
{
	const char *section;

	report_set_member(context->report, report_object(context->report), "keys", json_array());
	report_say(context->report, "  %-22s %-7s %-20s %-9s %-11s %s", "NAME", "UNIT", "BOUNDS",
		   "DEFAULT", "LIVE", "HERE");
	for (size_t k = 0; (section = schema_section(k)); k++) {
		report_say(context->report, "[%s]", section);
		for (size_t i = 0; i < schema_count; i++) {
			struct key_finding finding;

			if (strcmp(schema[i].section, section) != 0)
				continue;
			finding = look_for(context, &schema[i]);
			add_json(context, &schema[i], &finding);
			print_row(context, &schema[i], &finding);
		}
	}
	report_say_lines(
		context->report,
		"LIVE: the value in the kernel, - if there is none. HERE: whether this kernel "
		"has\nit; ? while nf_conntrack is not loaded. keys -v explains each setting.");
	return EXIT_DONE;
}

const struct verb verb_keys = {
	.name = "keys",
	.help = "List every setting with its live value",
	.about = "Lists every setting: section, name, unit, bounds, kernel default and "
		 "live value. With -v, also what each setting means. Changes nothing.",
	.examples = "  conntrack-persist keys\n"
		    "  conntrack-persist keys -v\n",
	.exits = "Exit status: 0 done; 1 something could not be read.",
	.run = run_keys,
};
