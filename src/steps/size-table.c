/* Computes and prints how large the table of a host should be, for plan --connections. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/size-table.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "gather/facts.h"
#include "gather/read-config.h"
#include "model/plan/sizing.h"
#include "steps/error-words.h"

/*
 * Reads the configuration for its memory_limit and timeouts. If it cannot be used, the defaults
 * count, with a warning. Returns -ENOMEM.
 */
static int read_config(struct context *context, struct config *config)
{
	struct problems CLEANUP(problems_done) problems = {0};
	struct read_failure CLEANUP(read_failure_done) failure = {0};
	int error = config_new(config);

	if (error < 0)
		return error;
	error = gather_config(context->tree, context->options->config, context->options->drop_ins,
			      config, &problems, &failure);
	if (error == 0)
		config_check(config, &problems);
	if (error == -ENOMEM || problems.out_of_memory)
		return -ENOMEM;
	if (error == 0 && !problems_have_error(&problems))
		return 0;
	report_message(context->report, SEVERITY_WARNING,
		       "the configuration cannot be used: this run takes memory_limit = 25%% and "
		       "the kernel's timeouts; \"conntrack-persist plan\" names the errors");
	config_done(config);
	return config_new(config);
}

/* Says what max the running kernel has, because that may be enough, or larger. */
static void say_live(struct context *context, const struct sizing *sizing)
{
	struct figure live = {0};

	if (!context->options->root)
		live = gather_figure(context->kernel, PATH_PROC "/nf_conntrack_max");
	if (!live.known || live.value == 0)
		return;
	report_say_row(context->report, "now", "max is %s here: %s", text_count(live.value).text,
		       live.value < sizing->max	   ? "too small"
		       : live.value == sizing->max ? "as large as that"
						   : "larger; these lines would lower it");
}

static void say_lines(struct context *context, const struct sizing *sizing, const char *lines)
{
	const char *config = context->options->config;
	struct report *report = context->report;

	report_say(report, "%s", "");
	if (sizing->fit == SIZING_NEEDS_RAM)
		report_say(report,
			   "Lines for a host with so much RAM, because here install refuses "
			   "them:");
	else if (config)
		report_say(report, "Put these lines into %s:", config);
	else
		report_say(report, "Put these lines into " CONFIG_FILE
				   ", in place of those that set the same there:");
	report_say(report, "%s", "");
	report_say_lines(report, lines);
	report_say(report, "%s", "");
	if (sizing->fit == SIZING_NEEDS_RAM)
		report_say(report, "Nothing was changed.");
	else
		report_say(report,
			   "Then run \"conntrack-persist plan\", and \"conntrack-persist install\" "
			   "as root. Nothing was changed.");
}

/* Prints the lines alone, or the answer with its reasons. -ENOMEM. */
static int print_sizing(struct context *context, const struct config *config,
			const struct sizing *sizing)
{
	struct buffer CLEANUP(buffer_clear) lines = {0};
	struct buffer CLEANUP(buffer_clear) limit = {0};
	const struct config_value *configured = &config->values[SETTING_MEMORY_LIMIT];

	sizing_add_ini(sizing, &lines);
	if (configured->text)
		buffer_add(&limit, configured->text);
	else
		config_format(config, SETTING_MEMORY_LIMIT, &limit);
	if (lines.error < 0 || limit.error < 0)
		return -ENOMEM;
	if (context->options->ini) {
		report_print(context->report, &lines);
		return 0;
	}
	report_sizing(context->report, sizing, limit.data, lines.data);
	say_live(context, sizing);
	say_lines(context, sizing, lines.data);
	return 0;
}

enum exit_code size_table(struct context *context)
{
	struct config CLEANUP(config_done) config = {0};
	struct facts facts;
	struct sizing_request request = {
		.config = &config,
		.facts = &facts,
		.connections = context->options->connections,
		.new_per_second = context->options->new_per_second,
	};
	struct sizing sizing;
	int error = read_config(context, &config);

	gather_facts(context->kernel, context->options->root ? context->tree : NULL, &facts);
	if (error == 0)
		error = sizing_compute(&request, &sizing);
	if (error == -ERANGE) {
		report_message(context->report, SEVERITY_ERROR,
			       "these connections need more entries than a table can hold: %s at "
			       "most, open and closed ones together, because max is twice as many",
			       text_count(SIZING_ENTRIES_MAX).text);
		return EXIT_COMMAND_LINE;
	}
	if (error == 0)
		error = print_sizing(context, &config, &sizing);
	if (error < 0) {
		report_errno(context, "compute", "the sizes", error);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}
