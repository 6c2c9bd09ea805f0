/* Says which live entries shorter timeouts would cut off, before they are set. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/foretell-cutoffs.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "gather/facts.h"
#include "report/cutoffs-json.h"
#include "steps/look-table.h"

/*
 * Returns why the entries that have this timeout cannot be counted, or NULL if they can be. Not for
 * timeouts without entries.
 */
static const char *why_uncounted(const char *name)
{
	if (strcmp(name, "gre") == 0 || strcmp(name, "gre_stream") == 0)
		return "a live entry of GRE keeps the timeouts that it was made with, and only new "
		       "entries get this one";
	if (cutoff_find(name) < CUTOFFS)
		return NULL;
	return "the kernel does not show which entries have this timeout";
}

/* Returns whether the timeout is not one of entries: fragments, and flow tables. */
static bool has_no_entries(const char *name)
{
	return text_starts_with(name, "flowtable_") || strcmp(name, "frag6") == 0;
}

/* Returns whether install would make this timeout shorter. Sets *ret_live. */
static bool is_shorter(const struct context *context, const struct value *value, uint32_t *ret_live)
{
	uint64_t live;

	if (value->state != VALUE_DIFFERS || strcmp(value->row->section, "timeouts") != 0 ||
	    has_no_entries(value->row->name) || !runtime_is_in_reach(context, value) ||
	    !value_find_number(value, &live) || live > UINT32_MAX || value->wanted >= live)
		return false;
	*ret_live = (uint32_t)live;
	return true;
}

bool foretells_cutoffs(const struct context *context, const struct runtime *runtime)
{
	uint32_t live;

	for (size_t i = 0; i < runtime->values.count; i++)
		if (is_shorter(context, &runtime->values.items[i], &live) &&
		    cutoff_find(runtime->values.items[i].row->name) < CUTOFFS)
			return true;
	return false;
}

/* Sets the timeouts to count. Returns whether any becomes shorter, or -ENOMEM. */
static int set_cutoffs(const struct context *context, const struct runtime *runtime,
		       struct cutoffs *cutoffs)
{
	bool any = false;

	for (size_t i = 0; i < runtime->values.count; i++) {
		const struct value *value = &runtime->values.items[i];
		enum cutoff_id id = cutoff_find(value->row->name);
		uint32_t live;
		int error = 0;

		if (!is_shorter(context, value, &live))
			continue;
		any = true;
		if (id < CUTOFFS)
			error = cutoffs_set(cutoffs, id, live, (uint32_t)value->wanted,
					    kernel_random(context->kernel));
		if (error < 0)
			return error;
	}
	return any;
}

/* Returns why no entry was counted; the word of the field `unknown` in JSON is the same. */
static const char *why_unread(int error)
{
	switch (-error) {
	case EPERM:
	case EACCES:
		return "only root can count the entries that this concerns";
	case ENOENT:
	case EFBIG:
		return "the entries that this concerns cannot be counted before you run \"modprobe "
		       "nf_conntrack_netlink\"";
	default:
		return "the entries that this concerns could not be counted";
	}
}

static const char *why_unknown(const struct table *table, const struct value *value)
{
	const char *reason = why_uncounted(value->row->name);

	return reason || table->contents ? reason : why_unread(table->contents_error);
}

/* Adds the words behind "NAME LIVE -> SHORTER s: ". -ENOMEM. */
static int describe(const struct context *context, const struct table *table,
		    const struct value *value, struct buffer *words)
{
	const char *unknown = why_unknown(table, value);

	if (!unknown)
		return cutoff_describe(table->cutoffs.items[cutoff_find(value->row->name)],
				       table->holders, context->options->no_addresses, words);
	buffer_add(words, unknown);
	return words->error;
}

static int say_cutoff(struct context *context, const struct table *table, const struct value *value,
		      uint32_t live, json_t *list)
{
	struct report *report = context->report;
	struct buffer CLEANUP(buffer_clear) words = {0};
	const char *unknown = why_unknown(table, value);
	const struct cutoff_json request = {
		.cutoff = unknown ? NULL : table->cutoffs.items[cutoff_find(value->row->name)],
		.holders = table->holders,
		.name = value->row->name,
		.unknown = unknown,
		.live = live,
		.shorter = (uint32_t)value->wanted,
		.no_addresses = context->options->no_addresses,
	};
	int error = describe(context, table, value, &words);

	if (error < 0)
		return error;
	report_say_row(report, "shorter", "%s %s -> %s s: %s", value->row->name,
		       text_count(live).text, text_count(value->wanted).text,
		       words.data ? words.data : "?");
	report_add_item(report, list, cutoff_to_json(report, &request));
	return 0;
}

static enum exit_code say_cutoffs(struct context *context, const struct runtime *runtime,
				  const struct table *table)
{
	json_t *list = json_array();
	int error = 0;

	for (size_t i = 0; i < runtime->values.count && error == 0; i++) {
		const struct value *value = &runtime->values.items[i];
		uint32_t live;

		if (is_shorter(context, value, &live))
			error = say_cutoff(context, table, value, live, list);
	}
	report_set_member(context->report, report_object(context->report), "cutoffs", list);
	if (error < 0) {
		report_errno(context, "count", "entries", error);
		return EXIT_FAILED;
	}
	report_say_row(context->report, "",
		       "No entry ends at once: it keeps its remaining time until its next packet, "
		       "and from then on it ends after the shorter time without one. Entries that "
		       "were silent for longer are those that the shorter timeout would have "
		       "ended.");
	return EXIT_DONE;
}

enum exit_code foretell_cutoffs(struct context *context, struct runtime *runtime)
{
	struct table CLEANUP(table_done) table = {0};
	int any = set_cutoffs(context, runtime, &table.cutoffs);
	enum exit_code code = EXIT_DONE;

	if (any < 0) {
		report_errno(context, "count", "entries", any);
		return EXIT_FAILED;
	}
	if (any == 0)
		return EXIT_DONE;
	table.entries = gather_figure(context->kernel, PATH_ENTRIES);
	if (table.cutoffs.count > 0 && runtime->others.owners_known)
		host_table_count_owners(context, &runtime->others, &table);
	else if (table.cutoffs.count > 0)
		code = host_table_count(context, &runtime->values, &table);
	return code == EXIT_DONE ? say_cutoffs(context, runtime, &table) : code;
}
