/*
 * The verb advise: says what to do next, from the table and what uses it, with the lines to write.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/advise.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "gather/read-config.h"
#include "host/terminal.h"
#include "model/config/schema.h"
#include "model/plan/sizes.h"
#include "report/wrap.h"
#include "steps/comparison.h"
#include "steps/find-uses.h"
#include "steps/last-applied.h"
#include "steps/look-table.h"
#include "steps/warn-relations.h"
#include "verbs/verbs.h"

#define ADVICE_NAME "50-advise.conf"
#define PATH_ADVICE CONFIG_DIRECTORY "/" ADVICE_NAME

/* The column in which texts begin, to the right of the urgency. */
#define INDENT 10

/* All that the advice is based on. */
struct look {
	struct host_table host;
	struct relations relations;
	bool uses_known;
	size_t certain, likely;
};

static void look_done(struct look *look)
{
	host_table_done(&look->host);
	relations_done(&look->relations);
}

/*
 * Returns the bytes that memory_limit allows for the table, without the buckets for expectations;
 * 0: unknown.
 */
static uint64_t memory_limit(const struct comparison *comparison)
{
	const struct config_value *limit = &comparison->config.values[SETTING_MEMORY_LIMIT];
	uint64_t expect =
		sizes_bucket_bytes(comparison->config.values[SETTING_EXPECT_HASHSIZE].number,
				   comparison->facts.page_size, comparison->facts.word_size);
	uint64_t bytes =
		limit->percent ? sizes_share(sizes_round_ram(comparison->facts.ram), limit->number)
			       : limit->number;

	return bytes > expect ? bytes - expect : bytes;
}

static enum exit_code look_for_uses(struct context *context, struct look *look)
{
	struct host_uses CLEANUP(host_uses_done) found = {0};
	enum exit_code code = find_uses(context, USES_ALL, &found);

	if (code != EXIT_DONE)
		return code;
	look->uses_known = kernel_sees_host(context->kernel) && !found.unread_now &&
			   !found.unread_files;
	look->certain = uses_count(&found.uses, USE_CERTAIN);
	look->likely = uses_count(&found.uses, USE_LIKELY);
	return EXIT_DONE;
}

/*
 * Finds what uses conntrack. A failure is reported and returned in *ret_worst at the end, because
 * advice is possible without it.
 */
static enum exit_code look_around(struct context *context, struct look *look,
				  enum exit_code *ret_worst)
{
	enum exit_code code;

	host_table_open(context, &look->host);
	if (look->host.broken)
		report_message(
			context->report, SEVERITY_WARNING,
			"the configuration cannot be used: the advice ignores it, and install "
			"refuses it");
	code = warn_relations(context, look->host.planned ? &look->host.comparison : NULL, true,
			      &look->relations);
	look->host.relations = &look->relations;
	if (code == EXIT_DONE)
		code = host_table_look(context, TABLE_WHOLE, &look->host);
	if (code == EXIT_DONE)
		*ret_worst = look_for_uses(context, look);
	return code;
}

static json_t *make_setting(struct report *report, const struct advised_setting *setting)
{
	return report_pack(report, "{s:s, s:s, s:s, s:o}", "section", setting->row->section, "name",
			   setting->row->name, "value", setting->value, "live",
			   setting->live.known ? json_integer((json_int_t)setting->live.value)
					       : json_null());
}

static json_t *make_settings(struct report *report, const struct finding *finding)
{
	json_t *list = json_array();

	for (size_t i = 0; i < finding->setting_count; i++)
		report_add_item(report, list, make_setting(report, &finding->settings[i]));
	return list;
}

static void add_json(struct context *context, const struct findings *findings)
{
	struct report *report = context->report;
	json_t *list = json_array();

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		report_add_item(report, list,
				report_pack(report,
					    "{s:s, s:s, s:o, s:o, s:o, s:o, s:s?, s:s?, s:s?, s:o}",
					    "kind", finding_kind_to_string(finding->kind),
					    "severity", urgency_to_string(finding->urgency),
					    "summary", report_string(finding->summary), "title",
					    report_string(finding->title), "evidence",
					    report_string(finding->evidence), "reason",
					    report_string(finding->reason), "lines", finding->lines,
					    "rules", finding->rules, "command", finding->command,
					    "settings", make_settings(report, finding)));
	}
	report_set_member(report, report_object(report), "findings", list);
}

static void say_details(struct report *report, const struct finding *finding)
{
	report_say_wrapped(report, "  seen", INDENT, finding->evidence);
	report_say_wrapped(report, "  why", INDENT, finding->reason);
	if (!finding->rules)
		return;
	report_say(report, "%-*s%s", INDENT, "  rules", "for \"nft -f\":");
	report_say_lines(report, finding->rules);
}

static void say_finding(struct context *context, const struct finding *finding)
{
	struct report *report = context->report;

	report_say_wrapped(report, urgency_to_string(finding->urgency), INDENT, finding->summary);
	if (finding->command && !finding->lines)
		report_say(report, "%-*srun %s", INDENT, "", finding->command);
	if (context->options->verbose)
		say_details(report, finding);
}

/*
 * Warns if a file is read after the drop-in and sets the same setting, so that the advice has no
 * effect.
 */
static void warn_of_later_files(struct context *context, const struct look *look,
				const struct findings *findings)
{
	static const char directory[] = CONFIG_DIRECTORY "/";

	if (!look->host.planned || context->options->config)
		return;
	for (size_t i = 0; i < schema_count; i++) {
		const struct config_value *value = &look->host.comparison.config.values[i];
		const char *name = value->file ? strstr(value->file, directory) : NULL;

		if (name && strcmp(name + strlen(directory), ADVICE_NAME) > 0 &&
		    findings_set(findings, &schema[i]))
			report_message(context->report, SEVERITY_WARNING,
				       "%s:%u sets %s and is read after " ADVICE_NAME
				       ": change it there",
				       value->file, value->line, schema[i].name);
	}
}

/*
 * Returns whether the path exists. *ret_empty, which may be NULL, says whether it is an empty file.
 */
static bool is_there(const struct context *context, const char *path, bool *ret_empty)
{
	struct observed_file seen = {0};
	bool there = tree_look(context->tree, path, FILE_SIZE_MAX, &seen) < 0 ||
		     seen.kind != FILE_ABSENT;

	if (ret_empty)
		*ret_empty = seen.kind == FILE_REGULAR && seen.size == 0;
	observed_file_clear(&seen);
	return there;
}

/* Reads only the drop-in, because another file may override it or have errors. */
static int read_drop_in(const struct context *context, struct config *config)
{
	struct problems CLEANUP(problems_done) reported_before = {0};
	char *CLEANUP(free_pointer) bytes = NULL;
	size_t size = 0;
	int error;

	if (context->options->config)
		return 0;
	error = tree_read(context->tree, PATH_ADVICE, FILE_SIZE_MAX, &bytes, &size);
	if (error < 0)
		return error == -ENOMEM ? error : 0;
	return config_read(config, PATH_ADVICE, bytes, size, &reported_before);
}

/*
 * Adds all lines, including those already in the drop-in, so that the output can replace the file.
 * -ENOMEM.
 */
static int add_ini(const struct context *context, const struct findings *findings, struct buffer *b)
{
	struct config CLEANUP(config_done) drop_in = {0};
	int error = config_new(&drop_in);

	if (error == 0)
		error = read_drop_in(context, &drop_in);
	if (error == 0)
		findings_add_ini(findings, &drop_in, b);
	return error < 0 ? error : b->error;
}

/*
 * Warns if the drop-in is empty, because a shell empties the target of `>` before this program
 * runs, and the file's old lines are lost.
 */
static enum exit_code print_ini(struct context *context, const struct findings *findings)
{
	struct buffer CLEANUP(buffer_clear) ini = {0};
	bool empty;

	if (add_ini(context, findings, &ini) < 0) {
		report_errno(context, "make", "advice", -ENOMEM);
		return EXIT_FAILED;
	}
	if (!context->options->config && is_there(context, PATH_ADVICE, &empty) && empty)
		report_message(
			context->report, SEVERITY_WARNING,
			PATH_ADVICE
			" is empty: if your shell has just emptied it by a redirection, the lines "
			"of earlier advice are lost; write to another file, then move it there");
	if (!ini.data)
		report_message(context->report, SEVERITY_NOTE, "no line is advised");
	report_print(context->report, &ini);
	return EXIT_DONE;
}

static void say_where(struct context *context)
{
	const char *config = context->options->config;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (config)
		buffer_printf(&text, "Put these lines into %s", config);
	else if (is_there(context, PATH_ADVICE, NULL))
		buffer_add(&text, "Replace " PATH_ADVICE " by these lines, which include its own");
	else
		buffer_add(&text, "Save these lines as " PATH_ADVICE);
	if (!config && !is_there(context, CONFIG_DIRECTORY, NULL))
		buffer_add(&text, ", after you have created the directory");
	buffer_add(&text, context->options->verbose
				  ? ":"
				  : " (reasons: advise -v; only these lines: advise --ini):");
	report_say_wrapped(context->report, "", 0, text.data ? text.data : "?");
}

/* Prints lines to paste and the commands that follow. */
static void say_ini(struct context *context, const struct findings *findings)
{
	const char *config = context->options->config;
	struct buffer CLEANUP(buffer_clear) ini = {0};

	say_where(context);
	report_say(context->report, "%s", "");
	report_say_lines(context->report,
			 add_ini(context, findings, &ini) == 0 && ini.data ? ini.data : "?");
	report_say(context->report, "%s", "");
	if (config && !text_is_safe_word(config)) {
		report_say(context->report, "Then run \"conntrack-persist plan\" and "
					    "\"conntrack-persist install\" with that file.");
		return;
	}
	report_say(context->report, "Then run:");
	for (int i = 0; i < 2; i++)
		report_say(context->report, "    conntrack-persist%s%s %s", config ? " -c " : "",
			   config ? config : "", i == 0 ? "plan" : "install");
}

static bool has_lines(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].lines)
			return true;
	return false;
}

/* On a terminal prints the most urgent finding last, right above the prompt. */
static void say_findings(struct context *context, const struct findings *findings)
{
	bool last = terminal_is_there(), lines = has_lines(findings);

	if (last && lines) {
		say_ini(context, findings);
		report_say(context->report, "%s", "");
	}
	for (size_t i = 0; i < findings->count; i++)
		say_finding(context, &findings->items[last ? findings->count - 1 - i : i]);
	if (!last && lines) {
		report_say(context->report, "%s", "");
		say_ini(context, findings);
	}
}

static void say_nothing(struct context *context, const struct look *look)
{
	const struct table *table = &look->host.table;
	const uint64_t dropped = look->host.judgement.dropped;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (!module_is_there(table->module)) {
		buffer_printf(&text,
			      "Nothing to change: nf_conntrack is %s, and no packet is tracked.",
			      module_state_describe(table->module));
	} else if (!table->entries.known || !table->max.known) {
		buffer_add(&text, "No advice: the figures of the table cannot be read.");
	} else {
		buffer_printf(&text, "Nothing to change: %s of %s entries %s in use",
			      text_count(table->entries.value).text,
			      text_count(table->max.value).text,
			      table->entries.value == 1 ? "is" : "are");
		if (dropped > 0)
			buffer_printf(&text,
				      "; %s packet%s dropped so far, and \"conntrack-persist "
				      "status\" shows more",
				      text_count(dropped).text, dropped == 1 ? " was" : "s were");
		else if (table->counters.known[COUNTER_DROP])
			buffer_add(&text, "; no packet was dropped");
		buffer_add(&text, ".");
		if (table->values.differs > 0)
			buffer_add(&text, " Some values are not as configured: run "
					  "\"conntrack-persist check\".");
	}
	report_say_wrapped(context->report, "", 0, text.data ? text.data : "?");
}

/* Names what this process could not read, because it might have led to other advice. */
static void say_unread_parts(struct context *context, const struct look *look)
{
	const struct table *table = &look->host.table;
	const struct {
		bool known;
		const char *words;
	} parts[] = {
		{table->contents, "what the entries are"},
		{table->messages.known, "the kernel's messages"},
		{table->namespaces_known, "other network namespaces"},
		{look->uses_known, "everything that uses the table"},
	};
	struct buffer CLEANUP(buffer_clear) list = {0};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!parts[i].known)
			buffer_printf(&list, "%s%s", list.length > 0 ? ", " : "", parts[i].words);
	if (list.data && module_is_there(table->module))
		report_message(context->report, SEVERITY_NOTE, "could not be read%s: %s",
			       kernel_may_change(context->kernel) ? "" : ", only root may read it",
			       list.data);
}

/* Returns whether the administrator lets other sources set a larger max. */
static bool keeps_larger(const struct config *config)
{
	const struct config_value *policy = &config->values[SETTING_MAX_POLICY];

	return policy->set && policy->number == MAX_AT_LEAST;
}

static enum exit_code run_advise(struct context *context)
{
	struct look CLEANUP(look_done) look = {0};
	struct findings CLEANUP(findings_done) findings = {0};
	enum exit_code worst = EXIT_DONE, code = look_around(context, &look, &worst);
	struct advise_request request = {
		.table = &look.host.table,
		.judgement = &look.host.judgement,
		.uses_known = look.uses_known,
		.certain = look.certain,
		.likely = look.likely,
		.applied = last_applied_when(context),
		.no_addresses = context->options->no_addresses,
	};

	if (code != EXIT_DONE)
		return code;
	if (look.host.planned) {
		request.plan = &look.host.comparison.plan;
		request.keeps_larger = keeps_larger(&look.host.comparison.config);
	}
	if (!look.host.broken)
		request.memory_limit = memory_limit(&look.host.comparison);
	if (advise(&request, &findings) < 0) {
		report_errno(context, "make", "advice", -ENOMEM);
		return EXIT_FAILED;
	}
	warn_of_later_files(context, &look, &findings);
	say_unread_parts(context, &look);
	if (context->options->ini)
		return print_ini(context, &findings) == EXIT_DONE ? worst : EXIT_FAILED;
	add_json(context, &findings);
	if (findings.count == 0)
		say_nothing(context, &look);
	else
		say_findings(context, &findings);
	return worst;
}

const struct verb verb_advise = {
	.name = "advise",
	.help = "Suggest settings, with the lines to write",
	.about = "Suggests at most three changes, the most urgent one last on a terminal, "
		 "each with its reason and with the lines to write. Changes nothing. Sees "
		 "more as root.",
	.examples = "  sudo conntrack-persist advise -v\n"
		    "  sudo conntrack-persist advise --ini > advised.conf\n",
	.exits = "Exit status: 0 whatever it finds; 1 the table could not be read.",
	.run = run_advise,
	.flags = VERB_RUNNING | VERB_INI | VERB_NO_ADDRESSES,
};
