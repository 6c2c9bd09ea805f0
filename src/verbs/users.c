/*
 * The verb users: shows what on this host uses conntrack, how that is known, and what would break
 * without it.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/buffer.h"
#include "base/text.h"
#include "report/wrap.h"
#include "steps/find-uses.h"
#include "verbs/verbs.h"

#define INDENT 10

static void say_uses(struct context *context, const struct uses *uses, enum certainty certainty)
{
	for (size_t i = 0; i < uses->count; i++) {
		const struct use *use = &uses->items[i];
		struct buffer CLEANUP(buffer_clear) without = {0};

		if (use->certainty != certainty)
			continue;
		report_say_row(context->report, certainty_to_string(certainty), "%s", use->name);
		report_say_wrapped(context->report, "", INDENT, use->evidence);
		buffer_printf(&without, "without: %s", use->breaks);
		report_say_wrapped(context->report, "", INDENT, without.data ? without.data : "?");
	}
}

/*
 * Prints depth first from nf_conntrack; a module above several others is printed below each of
 * them.
 */
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

/*
 * Prints the verdict and returns its exit code. "Nobody" is printed only if everything could be
 * read.
 */
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
		report_say(context->report, "It is not known whether anything uses connection "
					    "tracking, because not everything could be read.");
		return EXIT_FAILED;
	}
	report_say(context->report,
		   context->options->root
			   ? "Nothing in this image is known to use connection tracking."
			   : "Nothing on this host is known to use connection tracking.");
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
		report_say(context->report, "          an image: only its files were read");
	else if (found.graph.count > 0)
		say_module(context, &found.graph, found.graph.count - 1, 0);
	else
		report_say(context->report, "          nf_conntrack is %s",
			   module_state_describe(found.module));
	say_uses(context, &found.uses, USE_CERTAIN);
	say_uses(context, &found.uses, USE_LIKELY);
	left_out = uses_left_out(&found.uses);
	if (left_out > 0)
		report_say(context->report, "          %zu more finding%s not listed", left_out,
			   left_out == 1 ? " is" : "s are");
	return say_verdict(context, &found);
}

const struct verb verb_users = {
	.name = "users",
	.help = "List what needs nf_conntrack on this host",
	.about = "Lists the firewall rules, services, programs and modules that need "
		 "connection tracking, now or at the next boot, and how each was found. "
		 "Run it before you set mode = disable. Changes nothing. Sees more as "
		 "root.",
	.examples = "  sudo conntrack-persist users\n",
	.exits = "Exit status: 0 everything was read and nothing needs nf_conntrack; 1 "
		 "something could not be read, and nothing was found; 2 something needs "
		 "it.",
	.run = run_users,
};
