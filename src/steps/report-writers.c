/* Reports what else sets the plan's values. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/report-writers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "gather/foreign-files.h"
#include "model/config/config.h"
#include "model/plan/sizes.h"
#include "model/sources/sysctl-keys.h"

static void report_cut(struct context *context, const char *path, unsigned int line,
		       const char *reason)
{
	struct buffer CLEANUP(buffer_clear) name = {0};

	buffer_printf(&name, "%s%s:%u", tree_prefix(context->tree), path, line);
	if (report_unread(context->report, name.data ? name.data : path, reason))
		report_message(context->report, SEVERITY_ERROR,
			       "%s: %s; this line and the lines after it were not read",
			       name.data ? name.data : path, reason);
}

bool writers_report_cut(struct context *context, const struct sysctl_cut *cut,
			const struct modprobe_records *records)
{
	char reason[256];

	(void)snprintf(
		reason, sizeof(reason),
		"more than %s lines of sysctl.d, or %s bytes of different keys there are patterns "
		"or have needless slashes, and may match a key of connection tracking",
		text_count(SYSCTL_PATTERN_LINES_MAX).text,
		text_count(SYSCTL_PATTERN_BYTES_MAX).text);
	if (cut->path)
		report_cut(context, cut->path, cut->line, reason);
	(void)snprintf(reason, sizeof(reason),
		       "more than %s lines of modprobe.d about nf_conntrack, or %s bytes of "
		       "patterns of modules there",
		       text_count(MODPROBE_RECORDS_MAX).text,
		       text_count(MODPROBE_PATTERN_BYTES_MAX).text);
	if (records->cut_path)
		report_cut(context, records->cut_path, records->cut_line, reason);
	return cut->path || records->cut_path;
}

static void add_json(struct context *context, const struct writer *writer)
{
	struct buffer CLEANUP(buffer_clear) when = {0};

	sources_add_names(writer->sources, &when);
	report_add_item(context->report, json_object_get(report_object(context->report), "writers"),
			report_pack(context->report,
				    "{s:s, s:o, s:i, s:o, s:b, s:b, s:s, s:b, s:b, s:b}", "key",
				    writer->value->key, "path", report_string(writer->path), "line",
				    (int)writer->line, "value", report_string(writer->text), "wins",
				    writer->wins != 0, "same", writer->same, "when",
				    when.data ? when.data : "", "computed", writer->computed,
				    "inactive", writer->inactive, "possible", writer->possible));
	if (when.error < 0)
		report_set_incomplete(context->report);
}

/* Returns the name by which messages call a file: /etc/sysctl.conf also by way of its link. */
static const char *name_file(const struct context *context, const char *path)
{
	const char *linked = context->gathering.files->linked;

	return linked && strcmp(path, linked) == 0 ? "/etc/sysctl.conf" : path;
}

/* Returns whether two lines of one file of sysctl.d set a value to the same text. */
static bool is_twin(const struct context *context, const struct writer *a, const struct writer *b)
{
	const unsigned int readers = SOURCE_BIT(SOURCE_SYSTEMD) | SOURCE_BIT(SOURCE_PROCPS);

	return ((a->sources | b->sources) & ~readers) == 0 && a->value == b->value &&
	       a->possible == b->possible && a->line > 0 && b->line > 0 &&
	       strcmp(a->text, b->text) == 0 &&
	       strcmp(name_file(context, a->path), name_file(context, b->path)) == 0;
}

/*
 * Returns the first writer with which this later one shares a message, or NULL: both override a
 * value, or neither does.
 */
static const struct writer *find_twin(const struct context *context,
				      const struct host_writers *found, const struct writer *last)
{
	const struct writer *first = NULL, *writer = writers_before(&found->writers, last);

	for (; writer; writer = writers_before(&found->writers, writer))
		if (is_twin(context, writer, last) &&
		    writer_takes_away(writer) == writer_takes_away(last))
			first = writer;
	return first;
}

/* Adds "PATH:LINE sets VALUE", as the line's flags have it. */
static void add_statement(struct context *context, const struct writer *writer, struct buffer *b)
{
	buffer_printf(b, "%s%s", tree_prefix(context->tree), name_file(context, writer->path));
	if (writer->line)
		buffer_printf(b, ":%u", writer->line);
	buffer_printf(b, " %s ", writer->possible ? "may set" : "sets");
	if (writer->computed)
		buffer_printf(b, "a computed value, %s", writer->text);
	else
		buffer_add(b, writer->text);
	if (writer->made > 0 && writer->made != strtoull(writer->text, NULL, 0))
		buffer_printf(b, ", rounded to %" PRIu64, writer->made);
}

/*
 * Returns whether a line overrides the value with another text than this one, or would do so if
 * this one had the configured value: systemd-sysctl keeps the place of the earlier of two lines
 * with the same value, so that another name of the key in the same file comes later.
 */
static bool has_rival(const struct host_writers *found, const struct writer *writer)
{
	const unsigned int systemd = SOURCE_BIT(SOURCE_SYSTEMD);
	const struct writer *other = writers_last(&found->writers, writer->value);

	for (; other; other = writers_before(&found->writers, other)) {
		bool is_beside = (other->sources & writer->sources & systemd) &&
				 writer->value->row == &schema[SETTING_MAX] && !other->refused &&
				 strcmp(other->path, writer->path) == 0;

		if (strcmp(other->text, writer->text) != 0 &&
		    (writer_takes_away(other) || is_beside))
			return true;
	}
	return false;
}

/*
 * Returns whether the configuration can have the number: a max or hashsize with as many of the
 * other must fit into the memory_limit that applies if none is configured.
 */
static bool fits_memory(const struct host_writers *found, const struct writer *writer,
			uint64_t number)
{
	const struct facts *facts = found->writers.facts;
	const struct schema_row *row = writer->value->row;

	if ((row != &schema[SETTING_MAX] && row != &schema[SETTING_HASHSIZE]) || !facts ||
	    facts->ram == 0)
		return true;
	return sizes_table_bytes(facts, number, number < HASHSIZE_MAX ? number : HASHSIZE_MAX) <=
	       sizes_share(sizes_round_ram(facts->ram), MEMORY_SHARE_USUAL);
}

/*
 * Adds advice that ends in putting the value into the configuration. That is left out where it
 * would not help: for a value that is known only when the line runs, beside a line that overrides
 * it with another one, and for sizes that the configuration would be refused with. A number that
 * only the kernel reads is written as the configuration reads it.
 */
static void add_general_advice(const struct host_writers *found, const struct writer *writer,
			       const char *advice, struct buffer *b)
{
	const struct schema_row *row = writer->value->row;
	const char *other = strstr(advice, ", or put its value");
	size_t length = other ? (size_t)(other - advice) : strlen(advice);
	struct buffer CLEANUP(buffer_clear) line = {0};
	uint64_t number;

	if (writer->computed || has_rival(found, writer) ||
	    schema_parse_kernel(row, writer->text, &number) < 0 ||
	    !fits_memory(found, writer, number)) {
		buffer_add_bytes(b, advice, length);
		return;
	}
	if (!other || config_is_value(row, writer->text)) {
		buffer_add(b, advice);
		return;
	}
	schema_format_line(row, number, &line);
	buffer_printf(b, "%.*s, or write \"[%s] %s\" in conntrack-persist.conf", (int)length,
		      advice, row->section, line.data ? line.data : "?");
}

/* Lines of one file that set a value to the same text. */
struct twins {
	unsigned int wins;   /* of all of them */
	unsigned int others; /* lines besides the first one */
	struct buffer lines; /* "1 and 4"; of the first one and of the others */
};

static void find_twins(const struct context *context, const struct host_writers *found,
		       size_t first, struct twins *ret)
{
	const struct writer *items = found->writers.items, *writer = &items[first];
	unsigned int last = writer->line;

	ret->wins = writer->wins;
	buffer_printf(&ret->lines, "%u", writer->line);
	for (size_t i = first + 1; i < found->writers.count; i++) {
		if (!writer_takes_away(&items[i]) || !is_twin(context, writer, &items[i]))
			continue;
		ret->wins |= items[i].wins;
		if (items[i].line == writer->line || items[i].line == last)
			continue;
		last = items[i].line;
		ret->others++;
		buffer_printf(&ret->lines, " and %u", last);
	}
}

static void add_advice(const struct host_writers *found, const struct writer *writer,
		       const struct twins *twins, struct buffer *b)
{
	const struct source_row *row = &sources[sources_find_last(twins->wins)];

	if (row->add_advice)
		row->add_advice(writer, b);
	else if (twins->others > 0)
		buffer_printf(b, "remove lines %s, or put the value into the configuration",
			      twins->lines.data ? twins->lines.data : "?");
	else if (writer->line || row != &sources[SOURCE_OPTIONS])
		add_general_advice(found, writer, row->advice, b);
	else
		add_general_advice(found, writer,
				   "remove that from the boot loader's configuration, or put its "
				   "value into the configuration",
				   b);
}

static void say_winner(struct context *context, const struct host_writers *found, size_t first)
{
	const struct writer *writer = &found->writers.items[first];
	struct buffer CLEANUP(buffer_clear) when = {0}, statement = {0}, advice = {0};
	struct twins twins = {0};

	find_twins(context, found, first, &twins);
	sources_add_names(twins.wins, &when);
	add_statement(context, writer, &statement);
	add_advice(found, writer, &twins, &advice);
	if (when.error < 0 || statement.error < 0 || advice.error < 0 || twins.lines.error < 0)
		report_set_incomplete(context->report);
	report_message(context->report, SEVERITY_WARNING, "%s %s overridden: %s (by %s); %s",
		       writer->value->key, writer->possible ? "may be" : "is",
		       statement.data ? statement.data : "?", when.data ? when.data : "?",
		       advice.data ? advice.data : "?");
	buffer_clear(&twins.lines);
}

size_t writers_report(struct context *context, const struct host_writers *found)
{
	size_t overridden = 0;

	if (found->writers.left_out > 0)
		report_message(context->report, SEVERITY_NOTE,
			       "more than %u lines set one value; the lines beyond them are not "
			       "listed, except one that overrides it",
			       WRITERS_MAX);
	for (size_t i = 0; i < found->writers.count; i++) {
		const struct writer *writer = &found->writers.items[i];

		add_json(context, writer);
		if (!writer_takes_away(writer))
			continue;
		if (!find_twin(context, found, writer))
			say_winner(context, found, i);
		/* A value that several lines override is counted once. */
		overridden += writers_find_winner(&found->writers, writer->value) == writer;
	}
	return overridden;
}

/*
 * kube-proxy and pve-firewall set values without the line, too, and in a profile of tuned the line
 * may stand against another profile.
 */
static bool is_needed(const struct writer *writer)
{
	const unsigned int needed = SOURCE_BIT(SOURCE_KUBE_PROXY) | SOURCE_BIT(SOURCE_TUNED) |
				    SOURCE_BIT(SOURCE_PVE_FIREWALL);

	return (writer->sources & needed) != 0;
}

/*
 * Returns whether the line overrides another one of the same source, which would take the value
 * away if this line were not there.
 */
static bool shields_value(const struct host_writers *found, const struct writer *writer)
{
	unsigned int wins = writer->wins & ~SOURCE_BIT(SOURCE_OPTIONS);
	const struct writer *other = writers_last(&found->writers, writer->value);

	for (; other; other = writers_before(&found->writers, other))
		if ((other->sources & wins) && !other->same && !other->refused && !other->inactive)
			return true;
	return false;
}

void writers_say_others(struct context *context, const struct host_writers *found)
{
	for (size_t i = 0; i < found->writers.count; i++) {
		const struct writer *writer = &found->writers.items[i];
		const char *prefix = tree_prefix(context->tree);
		char line[16] = "";

		const struct writer *twin = find_twin(context, found, writer);

		if (writer_takes_away(writer) || writer->refused || is_needed(writer) ||
		    shields_value(found, writer) || (twin && twin->line == writer->line))
			continue;
		if (writer->line)
			(void)snprintf(line, sizeof(line), ":%u", writer->line);
		if (writer->inactive)
			report_message(
				context->report, SEVERITY_NOTE, "%s%s%s would set %s to %s, but %s",
				prefix, writer->path, line, writer->value->key, writer->text,
				writer->sources & SOURCE_BIT(SOURCE_INSTALL_LINE)
					? "modprobe does not run it while nf_conntrack is loaded"
					: "nothing starts it now");
		else
			report_message(context->report, SEVERITY_NOTE,
				       "%s%s%s sets %s as well (%s); it can be removed now", prefix,
				       name_file(context, writer->path), line, writer->value->key,
				       writer->text);
	}
}

void writers_say_programs(struct context *context)
{
	static const struct {
		const char *command, *words;
	} programs[] = {
		{"\ndockerd\n", "dockerd sets values in the namespace of each container that is "
				"started with --sysctl"},
		{"\ntuned\n", "tuned sets the values of its profile when it starts and when its "
			      "profile changes"},
	};
	struct buffer CLEANUP(buffer_clear) commands = {0};

	if (!context->gathering.live)
		return;
	kernel_list_commands(context->kernel, &commands);
	for (size_t i = 0; commands.data && i < ARRAY_SIZE(programs); i++)
		if (strstr(commands.data, programs[i].command))
			report_message(context->report, SEVERITY_NOTE, "likely to set values: %s",
				       programs[i].words);
}
