/* Reports lines of other people's files that do not do what they say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/lint-files.h"

#include <errno.h>
#include <string.h>

#include "model/lint.h"
#include "verbs/folders.h"
#include "verbs/live.h"
#include "verbs/modprobe-files.h"

/* Whether a file of the same name in a higher folder, which comes before, hides this one from its readers. */
static bool is_masked(const struct texts *texts, size_t i)
{
	const char *name = strrchr(texts->items[i].path, '/');

	for (size_t k = 0; k < i; k++)
		if (strcmp(strrchr(texts->items[k].path, '/'), name) == 0)
			return true;
	return false;
}

static int lint_sysctl_files(const struct context *context, const struct lint_request *request,
			     struct problems *problems)
{
	struct texts CLEANUP(texts_done) texts = {0};
	int error = find_sysctl_files(context->tree, &texts);

	for (size_t i = 0; i < texts.count && error == 0; i++)
		if (!artifact_is_read_at(texts.items[i].path) && !is_masked(&texts, i))
			lint_sysctl(request, texts.items[i].path, texts.items[i].text, problems);
	return error;
}

static int lint_modprobe_files(const struct context *context, const struct lint_request *request,
			       struct problems *problems)
{
	struct modprobe_files CLEANUP(modprobe_files_done) files = {0};
	int error = modprobe_files_read(context->tree, &files);

	for (size_t i = 0; i < files.count && error == 0; i++)
		if (!artifact_is_read_at(files.items[i].path))
			lint_modprobe(request, files.items[i].path, files.items[i].text, problems);
	return error;
}

/* What the visits of folders work on. */
struct visit {
	const struct context *context;
	const struct lint_request *request;
	struct problems *problems;
};

static int lint_load(void *data, const char *path)
{
	const struct visit *visit = data;
	char *CLEANUP(free_pointer) text = NULL;
	int error = folders_read_file(visit->context->tree, path, &text);

	if (text)
		lint_modules_load(visit->request, path, text, visit->problems);
	return error;
}

static int lint_rules(void *data, const char *path)
{
	const struct visit *visit = data;
	char *CLEANUP(free_pointer) text = NULL;
	int error = 0;

	if (!artifact_is_read_at(path))
		error = folders_read_file(visit->context->tree, path, &text);
	if (text)
		lint_udev(path, text, visit->problems);
	return error;
}

static const char *const rules_folders[] = {"/etc/udev/rules.d", "/run/udev/rules.d",
					    "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
					    NULL};

/* Whether another writer stands there, and nothing that the kernel refuses: that was not said. */
static bool is_writer(const struct writers *writers, const struct problem *item)
{
	bool found = false;

	for (size_t i = 0; i < writers->count; i++) {
		const struct writer *writer = &writers->items[i];

		if (item->line != writer->line || strcmp(item->file, writer->path) != 0)
			continue;
		if (writer->refused)
			return false;
		found = true;
	}
	return found;
}

static bool is_known(const struct context *context, const struct host_writers *writers,
		     const struct problem *item)
{
	if (item->file && is_writer(&writers->writers, item))
		return true;
	return item->file && item->line &&
	       report_has_place(context->report, item->file, item->line);
}

/* What is only a hint is for those who ask. */
static void report(struct context *context, const struct host_writers *writers,
		   const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *item = &problems->items[i];

		if ((item->severity == SEVERITY_NOTE && !context->options->verbose) ||
		    is_known(context, writers, item))
			continue;
		report_problem(context->report, tree_prefix(context->tree), item);
	}
	report_left_out(context->report, SEVERITY_WARNING, problems);
	if (context->options->verbose)
		report_left_out(context->report, SEVERITY_NOTE, problems);
}

enum exit_code lint_files(struct context *context, const struct session *session,
			  const struct host_writers *writers)
{
	struct problems CLEANUP(problems_done) problems = {0};
	const struct lint_request request = {.facts = &session->facts};
	struct visit visit = {context, &request, &problems};
	char command_line[4096] = "";
	int error = lint_sysctl_files(context, &request, &problems);

	if (error == 0)
		error = lint_modprobe_files(context, &request, &problems);
	if (error == 0)
		error = folders_visit(context->tree, modules_load_folders, ".conf", lint_load,
				      &visit);
	if (error == 0)
		error = folders_visit(context->tree, rules_folders, ".rules", lint_rules, &visit);
	if (error == 0 && live_is_wanted(context) &&
	    kernel_read(context->kernel, "/proc/cmdline", command_line, sizeof(command_line)) == 0)
		lint_command_line(&request, command_line, &problems);
	if (problems.out_of_memory)
		error = -ENOMEM;
	report(context, writers, &problems);
	if (error < 0) {
		report_errno(context, "read", "other files about conntrack", error);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}
