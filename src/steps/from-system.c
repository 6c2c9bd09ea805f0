/* Makes a configuration out of this host's existing settings, for plan --from-system. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/from-system.h"

#include <errno.h>
#include <string.h>

#include "gather/facts.h"
#include "gather/read-config.h"
#include "model/sources/from-system.h"
#include "steps/error-words.h"
#include "steps/find-writers.h"
#include "steps/lint-files.h"

/* Names the files that could not be read, because the configuration lacks what they set. */
static void say_unread(struct context *context)
{
	const json_t *list = json_object_get(report_object(context->report), "unread");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *path =
			json_string_value(json_object_get(json_array_get(list, i), "path"));

		report_say(context->report, "; could not be read, but may set values: %s",
			   path ? path : "?");
	}
}

/* Names the sources that were searched, because a value can also come from elsewhere. */
static void say_nothing_found(struct context *context, bool unsure)
{
	report_say(context->report,
		   "; None of the sources that %s sets a value of connection tracking:",
		   unsure ? "could be read" : "this command reads");
	for (size_t i = 0; i < SOURCES; i++)
		report_say(context->report, "; - %s: %s", sources[i].name, sources[i].where);
	report_say(context->report, "; Programs and people may also set values in ways that this "
				    "command does not read.");
}

static enum exit_code print_configuration(struct context *context, const char *text, bool lost)
{
	bool unsure = report_is_unsure(context->report);

	report_set_member(context->report, report_object(context->report), "configuration",
			  json_string(text));
	say_unread(context);
	if (!*text && lost) {
		report_say(context->report,
			   "; No source sets a value that can be written here; the "
			   "warnings name what was left out.");
	} else if (!*text) {
		say_nothing_found(context, unsure);
	} else {
		report_say_lines(context->report,
				 "; The values that the files of this host set now. Write this "
				 "to\n; " CONFIG_FILE
				 ", then run: conntrack-persist plan\n; It does not contain the "
				 "settings that are in that file already.");
		report_say_lines(context->report, text);
	}
	return unsure ? EXIT_FAILED : EXIT_DONE;
}

enum exit_code from_system(struct context *context)
{
	struct host_writers CLEANUP(host_writers_done) found = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct facts facts;
	int count;

	gather_facts(context->kernel, context->options->root ? context->tree : NULL, &facts);
	if (find_all_writers(context, &facts, &found) != EXIT_DONE)
		return EXIT_FAILED;
	count = from_system_render(&found, &facts, &text, &problems);
	report_problems(context->report, "", &problems);
	/*
	 * Lines that no reader or kernel accepts set nothing, although their author meant them to.
	 */
	if (lint_files(context, &facts, &found) != EXIT_DONE)
		return EXIT_FAILED;
	if (problems.out_of_memory)
		count = -ENOMEM;
	if (count < 0) {
		report_errno(context, "read", "the files of this host", count);
		return EXIT_FAILED;
	}
	return print_configuration(context, text.data ? text.data : "", problems.count > 0);
}
