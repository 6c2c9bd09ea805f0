/* The verb advise: what to do next, from the table and who uses it, with reasons and the lines to write. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/advise.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "model/sizes.h"
#include "verbs/applied.h"
#include "verbs/find-uses.h"
#include "verbs/look-table.h"
#include "verbs/session.h"
#include "verbs/wrap.h"

#define ADVICE_NAME "50-advice.conf"
#define PATH_ADVICE CONFIG_DIRECTORY "/" ADVICE_NAME

/* Of texts below a number, and of what stands behind a word there. */
#define INDENT	     3
#define INDENT_TEXTS 10

/* All that advice rests on. */
struct look {
	struct host_table host;
	bool uses_known;
	size_t certain, likely;
};

static void look_done(struct look *look)
{
	host_table_done(&look->host);
}

/* By the RAM that a number in the configuration would be judged by, without the buckets for expectations; 0: not known. */
static uint64_t memory_limit(const struct session *session)
{
	const struct config_value *limit = &session->config.values[SETTING_MEMORY_LIMIT];
	uint64_t expect = sizes_bucket_bytes(session->config.values[SETTING_EXPECT_HASHSIZE].number,
					     session->facts.page_size, session->facts.word_size);
	uint64_t bytes = limit->percent
				 ? sizes_share(sizes_round_ram(session->facts.ram), limit->number)
				 : limit->number;

	return bytes > expect ? bytes - expect : bytes;
}

static enum exit_code look_for_uses(struct context *context, struct look *look)
{
	struct host_uses CLEANUP(host_uses_done) found = {0};
	enum exit_code code = find_uses(context, &found);

	if (code != EXIT_DONE)
		return code;
	look->uses_known = kernel_sees_host(context->kernel) && !found.unread;
	look->certain = uses_count(&found.uses, USE_CERTAIN);
	look->likely = uses_count(&found.uses, USE_LIKELY);
	return EXIT_DONE;
}

/* That who uses it cannot be found is reported, can be done without, and is returned in the end. */
static enum exit_code look_around(struct context *context, struct look *look,
				  enum exit_code *ret_worst)
{
	enum exit_code code;

	host_table_open(context, &look->host);
	if (look->host.broken)
		report_message(
			context->report, SEVERITY_WARNING,
			"the configuration cannot be used: advice goes without it, and install "
			"needs it mended");
	code = host_table_look(context, TABLE_WHOLE, &look->host);
	if (code == EXIT_DONE)
		*ret_worst = look_for_uses(context, look);
	return code;
}

static void add_json(struct context *context, const struct findings *findings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		report_add_item(context->report, list,
				report_pack(context->report, "{s:s, s:o, s:o, s:o, s:s?, s:s?}",
					    "kind", finding_word(finding->kind), "title",
					    report_string(finding->title), "evidence",
					    report_string(finding->evidence), "reason",
					    report_string(finding->reason), "lines", finding->lines,
					    "command", finding->command));
	}
	report_set_member(context->report, report_object(context->report), "findings", list);
}

static void say_lines(struct report *report, const char *lines)
{
	const char *first = "   Write";

	while (*lines) {
		size_t length = strcspn(lines, "\n");

		report_say(report, "%-*s%.*s", INDENT_TEXTS, first, (int)length, lines);
		first = "";
		lines += length + (lines[length] == '\n');
	}
}

static void say_finding(struct report *report, size_t number, const struct finding *finding)
{
	struct buffer CLEANUP(buffer_clear) first = {0};

	buffer_printf(&first, "%zu.", number);
	report_say_wrapped(report, first.data ? first.data : "", INDENT, finding->title);
	report_say_wrapped(report, "   Seen", INDENT_TEXTS, finding->evidence);
	report_say_wrapped(report, "   Why", INDENT_TEXTS, finding->reason);
	if (finding->lines)
		say_lines(report, finding->lines);
	else if (finding->command)
		report_say(report, "   Run    %s", finding->command);
}

static bool has_line_of(const struct findings *findings, const char *name)
{
	struct buffer CLEANUP(buffer_clear) start = {0};
	bool has = false;

	buffer_printf(&start, "\n%s = ", name);
	for (size_t i = 0; start.data && i < findings->count; i++)
		has = has ||
		      (findings->items[i].lines && strstr(findings->items[i].lines, start.data));
	return has;
}

/* What is read after the advice would overrule it without a word. */
static void warn_of_later_files(struct context *context, const struct look *look,
				const struct findings *findings)
{
	static const char directory[] = CONFIG_DIRECTORY "/";

	if (!look->host.planned || context->options->config)
		return;
	for (size_t i = 0; i < schema_count; i++) {
		const struct config_value *value = &look->host.session.config.values[i];
		const char *name = value->file ? strstr(value->file, directory) : NULL;

		if (name && strcmp(name + strlen(directory), ADVICE_NAME) > 0 &&
		    has_line_of(findings, schema[i].name))
			report_message(context->report, SEVERITY_WARNING,
				       "%s:%u sets %s and is read after " ADVICE_NAME
				       ": change it there",
				       value->file, value->line, schema[i].name);
	}
}

static bool is_there(const struct context *context, const char *path)
{
	struct observed_file seen = {0};
	bool there = tree_look(context->tree, path, FILE_SIZE_MAX, &seen) < 0 ||
		     seen.kind != FILE_ABSENT;

	observed_file_clear(&seen);
	return there;
}

/* The file as a whole is not replaced where advice was followed before. */
static void say_how(struct context *context)
{
	const char *config = context->options->config;

	if (config)
		report_say(context->report, "Put these values into %s, then run:", config);
	else if (!is_there(context, CONFIG_DIRECTORY))
		report_say_lines(context->report,
				 "Make the directory " CONFIG_DIRECTORY ", save the lines\n"
				 "there as " ADVICE_NAME ", then run:");
	else if (is_there(context, PATH_ADVICE))
		report_say_lines(context->report, "Put these values into " PATH_ADVICE
						  ",\nwhich has others already, then run:");
	else
		report_say(context->report, "Save the lines as " PATH_ADVICE ", then run:");
	for (int i = 0; i < 2; i++)
		report_say(context->report, "    conntrack-persist%s%s %s", config ? " -c " : "",
			   config ? config : "", i == 0 ? "plan" : "install");
}

static void say_findings(struct context *context, const struct findings *findings)
{
	bool lines = false;

	for (size_t i = 0; i < findings->count; i++) {
		if (i > 0)
			report_say(context->report, "%s", "");
		say_finding(context->report, i + 1, &findings->items[i]);
		lines = lines || findings->items[i].lines;
	}
	if (!lines)
		return;
	report_say(context->report, "%s", "");
	say_how(context);
}

static void say_nothing(struct context *context, const struct look *look)
{
	const struct table *table = &look->host.table;
	const uint64_t dropped = look->host.judgement.dropped;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (!module_is_there(table->module)) {
		buffer_printf(&text,
			      "Nothing to change: nf_conntrack is %s, and no packet is tracked.",
			      module_state_words(table->module));
	} else if (!table->entries.known || !table->max.known) {
		buffer_add(&text,
			   "Nothing can be said: the figures of the table are out of reach.");
	} else {
		buffer_printf(&text,
			      "Nothing to change: %" PRIu64 " of %" PRIu64 " entries %s in use",
			      table->entries.value, table->max.value,
			      table->entries.value == 1 ? "is" : "are");
		if (dropped > 0)
			buffer_printf(&text,
				      "; %" PRIu64 " packet%s dropped so far, and "
				      "\"conntrack-persist status\" tells more",
				      dropped, dropped == 1 ? " was" : "s were");
		else if (table->counters.known[COUNTER_DROP])
			buffer_add(&text, "; no packet was dropped");
		buffer_add(&text, ".");
		if (table->values.differs > 0)
			buffer_add(&text,
				   " Some values are not as configured: see \"conntrack-persist "
				   "check\".");
	}
	report_say_wrapped(context->report, "", 0, text.data ? text.data : "?");
}

/* What was out of reach might have led to other advice. */
static void tell_unknown(struct context *context, const struct look *look)
{
	const struct table *table = &look->host.table;
	const struct {
		bool known;
		const char *words;
	} parts[] = {
		{table->contents, "what the entries are"},
		{table->messages.known, "the kernel's messages"},
		{table->namespaces_known, "other network namespaces"},
		{look->uses_known, "all who use the table"},
	};
	struct buffer CLEANUP(buffer_clear) list = {0};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!parts[i].known)
			buffer_printf(&list, "%s%s", list.length > 0 ? ", " : "", parts[i].words);
	if (list.data && module_is_there(table->module))
		report_message(context->report, SEVERITY_NOTE, "could not be looked at%s: %s",
			       kernel_may_change(context->kernel) ? "" : ", only root may",
			       list.data);
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
		.applied = applied_when(context),
	};

	if (code != EXIT_DONE)
		return code;
	if (look.host.planned)
		request.plan = &look.host.session.plan;
	if (!look.host.broken)
		request.memory_limit = memory_limit(&look.host.session);
	if (advise(&request, &findings) < 0) {
		report_errno(context, "make", "advice", -ENOMEM);
		return EXIT_FAILED;
	}
	add_json(context, &findings);
	say_findings(context, &findings);
	warn_of_later_files(context, &look, &findings);
	if (findings.count == 0)
		say_nothing(context, &look);
	tell_unknown(context, &look);
	return worst;
}

const struct verb verb_advise = {
	.name = "advise",
	.help = "what to do next, with reasons and the lines to write",
	.run = run_advise,
	.flags = VERB_RUNNING,
};
