/* Reports lines of other people's files that do not do what they say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/lint-files.h"

#include <errno.h>
#include <string.h>

#include "gather/foreign-files.h"
#include "gather/reading.h"
#include "model/sources/lint.h"
#include "steps/error-words.h"
#include "steps/unread.h"

/* Calls lint for each file of this kind that this program did not install. */
static int lint_foreign(const struct context *context, enum foreign_kind kind,
			void (*lint)(const struct lint_request *request, const char *path,
				     const char *text, struct problems *problems),
			const struct lint_request *request, struct problems *problems)
{
	const struct text_files *files;
	int error = foreign_files_get(&context->gathering, kind, &files);

	for (size_t i = 0; error == 0 && i < files->count; i++)
		if (!artifact_is_read_at(files->items[i].path))
			lint(request, files->items[i].path, files->items[i].text, problems);
	return error;
}

/* The sources sorted by file and line, so that one of very many is found fast. */
struct writer_place {
	const struct writer *writer;
};

struct places {
	struct writer_place *items;
	size_t count;
};

static void places_done(struct places *places)
{
	free(places->items);
}

static int compare_place(const char *path, unsigned int line, const struct writer *writer)
{
	int order = strcmp(path, writer->path);

	return order ? order : (line > writer->line) - (line < writer->line);
}

static int compare_writers(const void *a, const void *b)
{
	const struct writer_place *left = a, *right = b;

	return compare_place(left->writer->path, left->writer->line, right->writer);
}

static int places_of(const struct writers *writers, struct places *ret)
{
	struct places places = {calloc(writers->count + 1, sizeof(*places.items)), writers->count};

	if (!places.items)
		return -ENOMEM;
	for (size_t i = 0; i < writers->count; i++)
		places.items[i].writer = &writers->items[i];
	qsort(places.items, places.count, sizeof(*places.items), compare_writers);
	*ret = places;
	return 0;
}

/*
 * Returns whether the line is one of the sources and has been reported as such. Lines that the
 * kernel refuses were not.
 */
static bool is_writer(const struct places *places, const struct problem *item)
{
	size_t from = 0, to = places->count, at;
	bool found = false;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_place(item->file, item->line, places->items[middle].writer) > 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (at = from; at < places->count; at++) {
		if (compare_place(item->file, item->line, places->items[at].writer) != 0)
			break;
		if (places->items[at].writer->refused)
			return false;
		found = true;
	}
	return found;
}

static bool was_said(const struct context *context, const struct places *places,
		     const struct problem *item)
{
	return item->file &&
	       (is_writer(places, item) ||
		(item->line && report_has_place(context->report, item->file, item->line)));
}

/* Hints are reported only if somebody asked for them with --verbose. */
static int report_all(struct context *context, const struct host_writers *writers,
		      const struct problems *problems)
{
	struct places CLEANUP(places_done) places = {0};
	int error = places_of(&writers->writers, &places);

	for (size_t i = 0; i < problems->count && error == 0; i++) {
		const struct problem *item = &problems->items[i];

		if ((item->severity != SEVERITY_NOTE || context->options->verbose) &&
		    !was_said(context, &places, item))
			report_problem(context->report, tree_prefix(context->tree), item);
	}
	report_left_out(context->report, SEVERITY_WARNING, problems);
	if (context->options->verbose)
		report_left_out(context->report, SEVERITY_NOTE, problems);
	return error;
}

static void lint_rules(const struct lint_request *request, const char *path, const char *text,
		       struct problems *problems)
{
	(void)request;
	lint_udev(path, text, problems);
}

enum exit_code lint_files(struct context *context, const struct comparison *comparison,
			  const struct host_writers *writers)
{
	struct problems CLEANUP(problems_done) problems = {0};
	const struct lint_request request = {.facts = &comparison->facts};
	char command_line[4096] = "";
	int error = lint_foreign(context, FOREIGN_SYSCTL, lint_sysctl, &request, &problems);

	if (error == 0)
		error = lint_foreign(context, FOREIGN_MODPROBE, lint_modprobe, &request, &problems);
	if (error == 0)
		error = lint_foreign(context, FOREIGN_MODULES_LOAD, lint_modules_load, &request,
				     &problems);
	if (error == 0)
		error = lint_foreign(context, FOREIGN_UDEV, lint_rules, &request, &problems);
	reading_command_line(&context->gathering, command_line, sizeof(command_line));
	report_unread_sources(context);
	lint_command_line(&request, command_line, &problems);
	if (problems.out_of_memory)
		error = -ENOMEM;
	if (error == 0)
		error = report_all(context, writers, &problems);
	if (error < 0) {
		report_errno(context, "read", "other files about conntrack", error);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}
