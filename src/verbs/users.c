/* The verb users: who on this host uses conntrack, how we know, what would break. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/users.h"

#include "base/buffer.h"
#include "base/text.h"
#include "report/wrap.h"

static const char *const words[] = {[USE_LIKELY] = "likely", [USE_CERTAIN] = "certain"};

static json_t *list_uses(struct report *report, const struct uses *uses)
{
	json_t *list = json_array();

	for (size_t i = 0; i < uses->count; i++) {
		const struct use *use = &uses->items[i];

		report_add_item(report, list,
				report_pack(report, "{s:s, s:s, s:o, s:o, s:s, s:b}", "certainty",
					    words[use->certainty], "kind", use->kind, "name",
					    report_string(use->name), "evidence",
					    report_string(use->evidence), "breaks", use->breaks,
					    "at_boot", use->at_boot));
	}
	return list;
}

static json_t *list_modules(struct report *report, const struct module_graph *graph)
{
	json_t *list = json_array();

	for (size_t i = 0; i < graph->count; i++) {
		const struct graph_module *module = &graph->items[i];
		json_t *holders = json_array();

		for (size_t k = 0; k < module->holder_count; k++)
			report_add_item(report, holders,
					report_string(graph->items[module->holders[k]].name));
		report_add_item(report, list,
				report_pack(report, "{s:o, s:I, s:o, s:s}", "name",
					    report_string(module->name), "outside",
					    (json_int_t)module->outside, "holders", holders,
					    "meaning", module_words(module->name)));
	}
	return list;
}

static size_t count_left_out(const struct uses *uses)
{
	return uses->left_out[USE_LIKELY] + uses->left_out[USE_CERTAIN];
}

void users_add_json(struct context *context, const struct host_uses *found)
{
	struct report *report = context->report;

	report_set_member(report, report_object(report), "users", list_uses(report, &found->uses));
	report_set_member(report, report_object(report), "users_left_out",
			  json_integer((json_int_t)count_left_out(&found->uses)));
	report_set_member(report, report_object(report), "modules",
			  list_modules(report, &found->graph));
}

#define INDENT 10

static void say_uses(struct context *context, const struct uses *uses, enum certainty certainty)
{
	for (size_t i = 0; i < uses->count; i++) {
		const struct use *use = &uses->items[i];
		struct buffer CLEANUP(buffer_clear) without = {0};

		if (use->certainty != certainty)
			continue;
		report_say_row(context->report, words[certainty], "%s", use->name);
		report_say_wrapped(context->report, "", INDENT, use->evidence);
		buffer_printf(&without, "without: %s", use->breaks);
		report_say_wrapped(context->report, "", INDENT, without.data ? without.data : "?");
	}
}

/* Depth first from nf_conntrack; a module that is above several stands at each of them. */
static void say_module(struct context *context, const struct module_graph *graph, size_t i,
		       unsigned int depth)
{
	const struct graph_module *module = &graph->items[i];
	const char *obstacle = graph_module_obstacle(module);
	struct buffer CLEANUP(buffer_clear) line = {0};

	buffer_printf(&line, "%*s%s", (int)depth * 2, "", module->name);
	if (module->outside > 0)
		buffer_printf(&line, "%*sin use %s time%s",
			      line.length < 28 ? (int)(28 - line.length) : 1, "",
			      text_count((uint64_t)module->outside).text,
			      module->outside == 1 ? "" : "s");
	else if (obstacle)
		buffer_printf(&line, "  %s", obstacle);
	report_say(context->report, "%s%s", depth == 0 ? "loaded    " : "          ",
		   line.data ? line.data : "?");
	for (size_t k = 0; k < module->holder_count; k++)
		say_module(context, graph, module->holders[k], depth + 1);
}

/* The verdict, and the exit code with it: nobody is only said if everything could be read. */
static enum exit_code say_verdict(struct context *context, const struct host_uses *found)
{
	size_t certain = uses_count(&found->uses, USE_CERTAIN);
	size_t likely = uses_count(&found->uses, USE_LIKELY);

	if (certain + likely > 0) {
		report_say(context->report,
			   "In use: %zu certain, %zu likely. With mode = disable these would "
			   "break.%s",
			   certain, likely,
			   found->unread_now || found->unread_files
				   ? " Not everything could be read."
				   : "");
		return EXIT_DIFFERS;
	}
	if (found->unread_now || found->unread_files) {
		report_say(context->report, "It is not known whether anybody uses connection "
					    "tracking: not everything could be read.");
		return EXIT_FAILED;
	}
	report_say(context->report,
		   context->options->root
			   ? "Nobody in this image is known to use connection tracking."
			   : "Nobody on this host is known to use connection tracking.");
	return EXIT_DONE;
}

static enum exit_code run_users(struct context *context)
{
	struct host_uses CLEANUP(host_uses_done) found = {0};
	enum exit_code code = find_uses(context, USES_ALL, &found);
	size_t left_out;

	if (code != EXIT_DONE)
		return code;
	users_add_json(context, &found);
	if (context->options->root)
		report_say(context->report, "          an image: only its files were looked at");
	else if (found.graph.count > 0)
		say_module(context, &found.graph, found.graph.count - 1, 0);
	else
		report_say(context->report, "          nf_conntrack is %s",
			   module_state_words(found.module));
	say_uses(context, &found.uses, USE_CERTAIN);
	say_uses(context, &found.uses, USE_LIKELY);
	left_out = count_left_out(&found.uses);
	if (left_out > 0)
		report_say(context->report, "          %zu more finding%s not listed", left_out,
			   left_out == 1 ? " is" : "s are");
	return say_verdict(context, &found);
}

const struct verb verb_users = {
	.name = "users",
	.help = "who on this host uses connection tracking, and how we know",
	.run = run_users,
	.flags = 0,
};
