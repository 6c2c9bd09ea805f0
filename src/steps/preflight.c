/*
 * Warns before harm is done: what keeps the module from loading, sizes that would be lowered, many
 * namespaces.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/library-error.h"
#include "base/text.h"
#include "gather/foreign-files.h"
#include "gather/image-modules.h"
#include "gather/reading.h"
#include "gather/unread.h"
#include "model/runtime/load-blockers.h"
#include "steps/error-words.h"
#include "steps/runtime.h"

static void judge_namespaces(struct context *context, const struct comparison *comparison)
{
	size_t count = kernel_count_namespaces(context->kernel);

	if (count < 2 || !comparison->plan.sizes.max)
		return;
	report_message(context->report, SEVERITY_NOTE,
		       "%zu network namespaces are in use here (containers, for example), and each "
		       "may hold max entries, so that all together can take up to %zu times the "
		       "memory of one table (%s)",
		       count, count, text_amount(comparison->plan.sizes.table_bytes).text);
}

/*
 * Asks for modprobe's view of nf_conntrack. For an image only its files are read, because libkmod
 * would mix the running kernel's command line in. Returns 1 if libkmod is not installed and the
 * files were read instead; or a negative errno.
 */
static int ask_modprobe(const struct context *context, const struct modprobe_records *records,
			struct modprobe_view *view)
{
	bool image = context->options->root != NULL;
	int error = image ? -ELIBACC : kernel_modprobe_view(context->kernel, view);

	if (!library_is_unusable(error))
		return error;
	error = modprobe_view_of_records(records, "nf_conntrack", view);
	return error < 0 ? error : !image;
}

/* The texts that a request points to. */
struct kernel_texts {
	char command_line[4096];
	char loader[300]; /* kernel.modprobe has at most 255 bytes */
};

/* Asks where the kernel would get the module from. Only an absent module has to come from there. */
static void ask_origin(const struct context *context, struct load_request *request,
		       struct kernel_texts *texts)
{
	struct module_origin *origin = &request->origin;
	int error = kernel_find_module_file(context->kernel, &origin->file);

	if (error < 0)
		unread_add(context->gathering.unread,
			   &(struct unread_source){.kind = UNREAD_LIST,
						   .name = "the list of the kernel's modules "
							   "(modules.dep)",
						   .error = error});
	origin->release = kernel_release(context->kernel);
	origin->contained = kernel_check_processes(context->kernel) == -EXDEV;
	if (kernel_read(context->kernel, "/proc/sys/kernel/modprobe", texts->loader,
			sizeof(texts->loader)) < 0)
		return;
	origin->loader = texts->loader;
	origin->loader_missing = !kernel_has_program(context->kernel, texts->loader);
}

/* Asks the kernel for what the files do not contain. An unreadable modules_disabled counts as 0. */
static void ask_kernel(const struct context *context, struct load_request *request,
		       struct kernel_texts *texts)
{
	char text[64];

	reading_command_line(&context->gathering, texts->command_line, sizeof(texts->command_line));
	if (request->module == MODULE_ABSENT)
		ask_origin(context, request, texts);
	if (kernel_read(context->kernel, "/proc/sys/kernel/modules_disabled", text, sizeof(text)) ==
	    0)
		request->modules_disabled = strcmp(text, "1") == 0;
	for (size_t i = 0; i < LOADING_NEEDS; i++) {
		(void)snprintf(text, sizeof(text), "/sys/module/%s", load_needs[i]);
		request->needs_there[i] = kernel_has(context->kernel, text);
	}
}

/* Returns 1 if the answer was found without libkmod; or a negative errno. */
static int judge_loading(const struct context *context, const struct comparison *comparison,
			 struct runtime *runtime, struct problems *problems, bool *ret_hidden)
{
	const struct modprobe_records *records = NULL;
	struct modprobe_view CLEANUP(modprobe_view_done) view = {0};
	struct kernel_texts texts = {0};
	char *CLEANUP(free_pointer) release = NULL;
	int error = 0;
	struct load_request request = {
		.plan = &comparison->plan,
		.facts = &comparison->facts,
		.module = runtime->module,
		.view = &view,
		.command_line = texts.command_line,
	};
	int found = foreign_files_modprobe(&context->gathering, &records);

	if (found == 0)
		found = ask_modprobe(context, records, &view);
	if (found < 0)
		return found;
	request.records = records;
	*ret_hidden = view.built_in && runtime->module == MODULE_ABSENT;
	if (runtime_is_wanted(context))
		ask_kernel(context, &request, &texts);
	else if (context->options->root)
		error = gather_image_modules(&context->gathering, &request.origin.file, &release);
	if (error < 0)
		return error;
	if (release)
		request.origin.release = release;
	runtime->blocked = load_judge(&request, problems);
	values_judge(&runtime->values, runtime->module, runtime->blocked);
	return problems->out_of_memory ? -ENOMEM : found;
}

static enum exit_code fail_to_read(struct context *context, int error)
{
	report_errno(context, "read", "modprobe's configuration", error);
	return EXIT_FAILED;
}

enum exit_code preflight_judge_loading(struct context *context, const struct comparison *comparison,
				       struct runtime *runtime)
{
	struct problems CLEANUP(problems_done) problems = {0};
	bool hidden;
	int found = 0;

	if (comparison->plan.mode == MODE_TUNE && runtime->module == MODULE_ABSENT)
		found = judge_loading(context, comparison, runtime, &problems, &hidden);
	return found < 0 ? fail_to_read(context, found) : EXIT_DONE;
}

enum exit_code preflight_run(struct context *context, const struct comparison *comparison,
			     struct runtime *runtime)
{
	struct problems CLEANUP(problems_done) problems = {0};
	bool hidden;
	int found;

	if (comparison->plan.mode != MODE_TUNE)
		return EXIT_DONE;
	if (runtime_is_wanted(context))
		judge_namespaces(context, comparison);
	if (runtime->module == MODULE_BUILT_IN)
		return EXIT_DONE;
	found = judge_loading(context, comparison, runtime, &problems, &hidden);
	if (found < 0)
		return fail_to_read(context, found);
	if (found > 0)
		report_message(
			context->report, SEVERITY_NOTE,
			"libkmod is not installed, or cannot be used: only the files of modprobe.d "
			"were read, and it is not known what the kernel command line adds to them");
	if (hidden)
		report_message(context->report, SEVERITY_NOTE,
			       "nf_conntrack is built into this kernel, but /sys does not show it "
			       "here (a chroot?), so that its values cannot be checked");
	report_problems(context->report, report_style(context->report)->prefix, &problems);
	return EXIT_DONE;
}
