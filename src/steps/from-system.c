/* Makes a configuration out of this host's existing settings, for plan --from-system. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/from-system.h"

#include <errno.h>
#include <string.h>

#include "gather/facts.h"
#include "gather/foreign-files.h"
#include "gather/read-config.h"
#include "gather/reading.h"
#include "model/plan/artifact.h"
#include "model/sources/from-system.h"
#include "steps/error-words.h"
#include "steps/report-writers.h"
#include "steps/unread.h"

/*
 * Copies the list without our own files, because those repeat an earlier configuration. The texts
 * stay with `files`; the caller frees the array. NULL: no memory.
 */
static struct text_file *copy_without_ours(const struct text_files *files, size_t *ret_count)
{
	struct text_file *items = calloc(files->count + 1, sizeof(*items));
	size_t count = 0;

	for (size_t i = 0; items && i < files->count; i++)
		if (!artifact_is_read_at(files->items[i].path))
			items[count++] = files->items[i];
	*ret_count = count;
	return items;
}

/* Names the files that could not be read, because the configuration lacks what they set. */
static void say_unread(struct context *context)
{
	const json_t *list = json_object_get(report_object(context->report), "unread");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *path =
			json_string_value(json_object_get(json_array_get(list, i), "path"));

		report_say(context->report, "; Could not be read, and may set values: %s",
			   path ? path : "?");
	}
}

/*
 * Names the sources that were searched, because a value can also come from a boot script, an agent
 * or a colleague.
 */
static void say_nothing_found(struct context *context, bool unsure)
{
	report_say(context->report,
		   "; None of the sources that %s sets a value of connection tracking:",
		   unsure ? "could be read" : "this command reads");
	report_say(context->report, "; sysctl.d, /etc/sysctl.conf, modprobe.d%s.",
		   context->gathering.live ? ", the kernel command line" : "");
	report_say(context->report,
		   "; Other files, scripts and programs may set values; they are not read here.");
}

static enum exit_code print_configuration(struct context *context, const char *text, int count)
{
	bool unsure = report_is_unsure(context->report);

	report_set_member(context->report, report_object(context->report), "configuration",
			  json_string(text));
	say_unread(context);
	if (count == 0) {
		say_nothing_found(context, unsure);
	} else {
		report_say_lines(context->report,
				 "; What the files of this host say now. Write it to\n"
				 "; " CONFIG_FILE ", then: conntrack-persist plan\n"
				 "; What is in that file already is not in here.");
		report_say_lines(context->report, text);
	}
	return unsure ? EXIT_FAILED : EXIT_DONE;
}

static int read_modprobe(const struct context *context, struct modprobe_records *ret)
{
	struct text_file *CLEANUP(free_pointer) items = NULL;
	const struct text_files *files;
	size_t count;
	int error = foreign_files_get(&context->gathering, FOREIGN_MODPROBE, &files);

	if (error < 0)
		return error;
	items = copy_without_ours(files, &count);
	return items ? modprobe_records_read(items, count, ret) : -ENOMEM;
}

enum exit_code from_system(struct context *context)
{
	struct text_file *CLEANUP(free_pointer) items = NULL;
	const struct text_files *files;
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};
	struct sysctl_cut cut = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	struct buffer CLEANUP(buffer_clear) text = {0};
	char command_line[4096] = "";
	struct from_system_request request = {.command_line = command_line, .modprobe = &records};
	int count = foreign_files_get(&context->gathering, FOREIGN_SYSCTL, &files);

	gather_facts(context->kernel, context->options->root ? context->tree : NULL,
		     &request.facts);
	if (count == 0) {
		items = copy_without_ours(files, &request.sysctl_count);
		request.sysctl_files = items;
		count = items ? read_modprobe(context, &records) : -ENOMEM;
	}
	reading_command_line(&context->gathering, command_line, sizeof(command_line));
	report_unread_sources(context);
	if (count == 0)
		count = from_system_render(&request, &text, &problems, &cut);
	report_problems(context->report, "", &problems);
	if (problems.out_of_memory)
		count = -ENOMEM;
	if (count < 0) {
		report_errno(context, "read", "the files of this host", count);
		return EXIT_FAILED;
	}
	(void)writers_report_cut(context, &cut, &records);
	return print_configuration(context, text.data ? text.data : "", count);
}
