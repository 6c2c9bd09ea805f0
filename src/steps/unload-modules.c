/* Removes nf_conntrack and the modules above it, in order, if nothing uses them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/unload-modules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/library-error.h"
#include "steps/error-words.h"
#include "steps/find-uses.h"

void unload_note(struct context *context, const char *name, const char *action)
{
	json_t *object = report_object(context->report);
	json_t *list = json_object_get(object, "removals");

	if (!list) {
		list = json_array();
		report_set_member(context->report, object, "removals", list);
	}
	report_add_item(context->report, list,
			report_pack(context->report, "{s:o, s:s}", "name", report_string(name),
				    "action", action));
	report_say_row(context->report, action, "%s", name);
}

/*
 * Checks all modules before it removes the first, because half of them would leave the host's rules
 * broken.
 */
enum exit_code unload_refuse(struct context *context, const struct module_graph *graph)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct graph_module *module = &graph->items[i];
		const char *obstacle = graph_module_obstacle(module);
		const char *words = module_describe(module->name);

		if (obstacle)
			report_message(context->report, SEVERITY_ERROR, "refused: %s %s%s%s%s",
				       module->name, obstacle, *words ? " (" : "", words,
				       *words ? ")" : "");
	}
	if (module_graph_obstacles(graph) == 0)
		return EXIT_DONE;
	report_message(
		context->report, SEVERITY_ERROR,
		"nothing was removed; \"conntrack-persist users\" lists what uses nf_conntrack");
	return EXIT_REFUSED;
}

static const char *removal_describe(int error)
{
	switch (error) {
	case -EAGAIN:
		return "something has just begun to use it";
	case -EBUSY:
		return "it is being loaded or unloaded";
	case -EPERM:
		return "this process is not permitted to (no CAP_SYS_MODULE, or "
		       "kernel.modules_disabled = 1)";
	default:
		return library_is_unusable(error) ? "libkmod is not installed, or cannot be used"
						  : strerror(-error);
	}
}

struct failure {
	char name[64]; /* as long as the kernel allows (MODULE_NAME_LEN: 64 less a pointer) */
	int error;
};

/*
 * Returns 1 if a module came into use meanwhile, so that the caller looks again; or a negative
 * errno.
 */
static int remove_all(struct context *context, const struct module_graph *graph,
		      struct unloading *result, struct failure *ret_failure)
{
	signals_hold(context->signals);
	for (size_t i = 0; i < graph->count; i++) {
		const char *name = graph->items[i].name;
		int error = kernel_remove_module(context->kernel, name);

		/* A module that is already unloaded is no failure. */
		if (error == -ENOENT)
			continue;
		if (error < 0) {
			ret_failure->error = error;
			(void)snprintf(ret_failure->name, sizeof(ret_failure->name), "%s", name);
			return 1;
		}
		result->removed++;
		unload_note(context, name, "removed");
	}
	return 0;
}

static enum exit_code report_removed(struct context *context, const struct module_graph *graph,
				     const struct failure *failure)
{
	report_message(context->report, SEVERITY_ERROR, "cannot remove %s: %s", failure->name,
		       removal_describe(failure->error));
	for (size_t i = 0; i < graph->count; i++)
		unload_note(context, graph->items[i].name, "left");
	report_message(context->report, SEVERITY_ERROR,
		       "the modules that were removed are listed above; run \"conntrack-persist "
		       "unload\" to remove the others when nothing uses them");
	return EXIT_FAILED;
}

/* Looks once and removes the modules that the look allows. */
static enum exit_code try_once(struct context *context, struct unloading *result,
			       struct failure *ret_failure)
{
	struct module_graph CLEANUP(module_graph_done) graph = {0};
	enum exit_code code = find_modules(context, &graph);

	if (code != EXIT_DONE)
		return code;
	result->left = graph.count > 0;
	/*
	 * After the first removal the others are removed as far as possible, without another
	 * refusal.
	 */
	if (result->removed == 0)
		code = unload_refuse(context, &graph);
	if (code == EXIT_DONE && remove_all(context, &graph, result, ret_failure) != 0)
		return EXIT_FAILED;
	result->left = code != EXIT_DONE;
	return code;
}

enum exit_code unload_modules(struct context *context, struct unloading *ret)
{
	struct module_graph CLEANUP(module_graph_done) graph = {0};
	struct failure failure = {0};
	enum exit_code code = EXIT_FAILED;

	*ret = (struct unloading){0};
	/*
	 * Tries twice, because a module may be in use for only a moment between the look and its
	 * removal.
	 */
	for (int attempt = 0; attempt < 2 && code == EXIT_FAILED; attempt++) {
		failure.error = 0;
		code = try_once(context, ret, &failure);
		if (code == EXIT_FAILED && failure.error == 0)
			return code;
	}
	if (code != EXIT_FAILED)
		return code;
	code = find_modules(context, &graph);
	return code == EXIT_DONE ? report_removed(context, &graph, &failure) : code;
}
