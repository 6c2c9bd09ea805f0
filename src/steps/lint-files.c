/* Reports lines of other people's files that do not do what they say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/lint-files.h"

#include <errno.h>
#include <string.h>

#include "gather/foreign-files.h"
#include "gather/reading.h"
#include "gather/stray-files.h"
#include "model/sources/lint.h"
#include "steps/error-words.h"
#include "steps/unread.h"

/* Returns whether the file is a link to /etc/sysctl.conf, which is in the list, too. */
static bool is_read_elsewhere(const struct context *context, const char *path)
{
	const char *linked = context->gathering.files->linked;

	return linked && strcmp(path, linked) == 0;
}

/* Calls lint for each file of this kind that this program did not install. */
static int lint_foreign(const struct context *context, enum foreign_kind kind,
			void (*lint)(const struct lint_request *request, const char *path,
				     const char *text, struct problems *problems),
			const struct lint_request *request, struct problems *problems)
{
	const struct text_files *files;
	int error = foreign_files_get(&context->gathering, kind, &files);

	for (size_t i = 0; error == 0 && i < files->count; i++)
		if (!artifact_is_read_at(files->items[i].path) &&
		    !is_read_elsewhere(context, files->items[i].path))
			lint(request, files->items[i].path, files->items[i].text, problems);
	return error;
}

/*
 * Reports the problems; hints only with --verbose. A line that was
 * reported before, because it keeps the module from loading, is left out.
 */
static int report_all(struct context *context, const struct problems *problems)
{
	bool *CLEANUP(free_pointer) was_said = calloc(problems->count + 1, sizeof(*was_said));

	if (!was_said)
		return -ENOMEM;
	for (size_t i = 0; i < problems->count; i++)
		was_said[i] = problems->items[i].file && problems->items[i].line &&
			      report_has_place(context->report, problems->items[i].file,
					       problems->items[i].line);
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *item = &problems->items[i];

		if ((item->severity != SEVERITY_NOTE || context->options->verbose) && !was_said[i])
			report_problem(context->report, tree_prefix(context->tree), item);
	}
	report_left_out(context->report, SEVERITY_WARNING, problems);
	if (context->options->verbose)
		report_left_out(context->report, SEVERITY_NOTE, problems);
	return 0;
}

static void lint_rules(const struct lint_request *request, const char *path, const char *text,
		       struct problems *problems)
{
	(void)request;
	lint_udev(path, text, problems);
}

static void lint_stray_file(void *data, const struct stray_file *file)
{
	lint_stray(file->path, file->text, file->suffix, data);
}

enum exit_code lint_files(struct context *context, const struct facts *facts,
			  const struct host_writers *writers)
{
	struct problems CLEANUP(problems_done) problems = {0};
	const struct lint_request request = {.facts = facts, .planned = &writers->values};
	char command_line[4096] = "";
	int error = lint_foreign(context, FOREIGN_SYSCTL, lint_sysctl, &request, &problems);

	if (error == 0)
		error = lint_foreign(context, FOREIGN_MODPROBE, lint_modprobe, &request, &problems);
	if (error == 0)
		error = lint_foreign(context, FOREIGN_MODULES_LOAD, lint_modules_load, &request,
				     &problems);
	if (error == 0)
		error = lint_foreign(context, FOREIGN_UDEV, lint_rules, &request, &problems);
	if (error == 0)
		error = stray_files_visit(&context->gathering, lint_stray_file, &problems);
	reading_command_line(&context->gathering, command_line, sizeof(command_line));
	report_unread_sources(context);
	lint_command_line(&request, command_line, &problems);
	if (problems.out_of_memory)
		error = -ENOMEM;
	if (error == 0)
		error = report_all(context, &problems);
	if (error < 0) {
		report_errno(context, "read", "other files about conntrack", error);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}
