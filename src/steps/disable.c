/*
 * Handles mode disable on a host: reports what uses conntrack and what else must be done, and
 * removes the module.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/disable.h"

#include <string.h>

#include "base/buffer.h"
#include "gather/reading.h"
#include "model/runtime/module-blacklist.h"
#include "steps/find-uses.h"
#include "steps/runtime.h"
#include "steps/unload-modules.h"
#include "steps/would-change.h"

static bool is_blocking(const struct comparison *comparison)
{
	return comparison->config.values[SETTING_ENFORCE].number == ENFORCE_BLOCK;
}

/*
 * A use that fails only at the next boot has a message of its own, because nothing shows the
 * failure before.
 */
static void report_boot_use(struct context *context, enum severity severity, bool refuses,
			    const struct use *use)
{
	const char *word = refuses ? "refused: " : "";

	if (strcmp(use->kind, "file") == 0)
		report_message(context->report, severity, "%s%s, because %s %s", word, use->breaks,
			       use->name, use->evidence);
	else
		report_message(context->report, severity,
			       "%sat the next boot %s, because %s needs connection tracking (%s)",
			       word, use->breaks, use->name, use->evidence);
}

static void report_use(struct context *context, enum severity severity, const char *word,
		       const struct use *use)
{
	if (use->at_boot && use->certainty == USE_CERTAIN) {
		report_boot_use(context, severity, severity == SEVERITY_ERROR, use);
		return;
	}
	report_message(context->report, severity, "%s: %s: %s; with mode = disable: %s", word,
		       use->name, use->evidence, use->breaks);
}

static void report_uses(struct context *context, const struct uses *uses, enum certainty certainty,
			enum severity severity, const char *word)
{
	for (size_t i = 0; i < uses->count; i++)
		if (uses->items[i].certainty == certainty)
			report_use(context, severity, word, &uses->items[i]);
}

/* Refuses to install, or says that install would refuse. With --force neither happens. */
static enum exit_code refuse_block(struct context *context, bool planning, const char *reason,
				   const char *advice)
{
	if (context->options->force)
		return EXIT_DONE;
	if (planning) {
		would_change_refusal(context);
		report_message(context->report, SEVERITY_WARNING,
			       "install refuses this without --force, because %s", reason);
		return EXIT_DONE;
	}
	report_message(context->report, SEVERITY_ERROR, "%s", advice);
	return EXIT_REFUSED;
}

static bool breaks_boot(const struct uses *uses)
{
	for (size_t i = 0; i < uses->count; i++)
		if (uses->items[i].at_boot && uses->items[i].certainty == USE_CERTAIN)
			return true;
	/* Findings that were only counted may include one that fails at boot. */
	return uses->left_out[USE_CERTAIN] > 0;
}

/* Returns whether the list of uses may be incomplete, because something could not be read. */
static bool is_uncertain(const struct context *context, const struct host_uses *found,
			 bool planning)
{
	/*
	 * While nf_conntrack is not loaded, no rule needs it now, whether the rules can be read or
	 * not. What an ordinary user cannot read of a running host does not matter to a plan,
	 * because root's install can read it. An image is different: an ordinary user may install
	 * into it.
	 */
	bool now = found->unread_now && found->module != MODULE_ABSENT;
	bool same_user = !planning || context->options->root || kernel_may_change(context->kernel);

	return (now || found->unread_files) && same_user;
}

/* Names what uses conntrack and refuses, before the files are written. */
static enum exit_code judge_new_block(struct context *context, const struct host_uses *found,
				      bool planning)
{
	bool refuses = !planning && !context->options->force;

	report_uses(context, &found->uses, USE_LIKELY, SEVERITY_WARNING, "likely to break");
	report_uses(context, &found->uses, USE_CERTAIN, refuses ? SEVERITY_ERROR : SEVERITY_WARNING,
		    refuses ? "refused, in use" : "will break");
	if (uses_count(&found->uses, USE_CERTAIN) > 0)
		return refuse_block(
			context, planning, "something uses connection tracking",
			"refused: nothing was changed. Stop using these first (\"conntrack-persist "
			"users\" lists them), or use --force to install anyway");
	if (is_uncertain(context, found, planning))
		return refuse_block(
			context, planning, "it is not known what uses connection tracking",
			"refused: it is not known what uses connection tracking, because not "
			"everything could be read; use --force to do it anyway");
	return EXIT_DONE;
}

enum exit_code disable_look(struct context *context, const struct comparison *comparison,
			    enum disable_run run, bool *ret_breaks)
{
	struct host_uses CLEANUP(host_uses_done) found = {0};
	enum module_state module = MODULE_ABSENT;
	bool is_new = run != DISABLE_IN_CHECK && comparison_files_differ(comparison);
	/*
	 * With --no-live only the files of the running host are searched, because this may not be
	 * the kernel that boots.
	 */
	enum uses_scope scope = is_new && !context->options->no_live ? USES_ALL : USES_BOOT;
	enum exit_code code;

	*ret_breaks = false;
	/*
	 * A blacklist line has no effect on rules, because they load a module such as nft_ct by its
	 * alias, and nf_conntrack as the dependency of that module.
	 */
	if (comparison->plan.mode != MODE_DISABLE || !is_blocking(comparison))
		return EXIT_DONE;
	/*
	 * A built-in module cannot be kept out, so nothing fails at boot because of mode disable.
	 */
	if (!is_new && runtime_is_wanted(context) &&
	    kernel_module_state(context->kernel, &module) == 0 && module == MODULE_BUILT_IN)
		return EXIT_DONE;
	code = find_uses(context, scope, &found);
	if (code != EXIT_DONE)
		return code;
	*ret_breaks = breaks_boot(&found.uses);
	users_add_json(context, &found);
	if (is_new)
		return judge_new_block(context, &found, run == DISABLE_IN_PLAN);
	report_uses(context, &found.uses, USE_CERTAIN, SEVERITY_WARNING, "will break");
	return EXIT_DONE;
}

enum exit_code disable_unload(struct context *context, const struct comparison *comparison,
			      size_t *ret_removed)
{
	struct module_graph CLEANUP(module_graph_done) graph = {0};
	struct unloading result = {0};
	enum exit_code code;

	*ret_removed = 0;
	if (comparison->plan.mode != MODE_DISABLE || !runtime_is_wanted(context))
		return EXIT_DONE;
	code = find_modules(context, &graph);
	if (code != EXIT_DONE || graph.count == 0)
		return code;
	if (!comparison->config.values[SETTING_UNLOAD].number) {
		report_message(context->report, SEVERITY_NOTE,
			       "nf_conntrack stays loaded until the reboot (unload = no)");
		return EXIT_DONE;
	}
	if (module_graph_obstacles(&graph) > 0) {
		for (size_t i = 0; i < graph.count; i++)
			if (graph_module_obstacle(&graph.items[i]))
				report_message(context->report, SEVERITY_WARNING, "%s %s",
					       graph.items[i].name,
					       graph_module_obstacle(&graph.items[i]));
		report_message(context->report, SEVERITY_WARNING,
			       "nf_conntrack stays loaded until the reboot, or until "
			       "\"conntrack-persist unload\" when nothing uses it");
		return EXIT_DONE;
	}
	code = unload_modules(context, &result);
	*ret_removed = result.removed;
	return code;
}

enum exit_code disable_would_unload(struct context *context, const struct comparison *comparison,
				    bool *ret)
{
	struct module_graph CLEANUP(module_graph_done) graph = {0};
	enum exit_code code = find_modules(context, &graph);

	if (code == EXIT_DONE)
		*ret = graph.count > 0 && comparison->config.values[SETTING_UNLOAD].number &&
		       module_graph_obstacles(&graph) == 0;
	return code;
}

/* Says how to block insmod too, unless the kernel command line does it by now. */
static void say_insmod(struct context *context)
{
	char command_line[4096] = "";
	struct buffer CLEANUP(buffer_clear) word = {0};
	struct module_blacklist list;

	if (runtime_is_wanted(context))
		reading_command_line(&context->gathering, command_line, sizeof(command_line));
	module_blacklist_read(command_line, &list);
	if (module_blacklist_has(&list, "nf_conntrack"))
		return;
	if (!module_blacklist_propose(&list, &word))
		report_message(context->report, SEVERITY_NOTE,
			       "insmod ignores modprobe.d. To block it as well, add nf_conntrack "
			       "to the list module_blacklist= on the kernel command line.");
	else if (list.count > 0)
		report_message(context->report, SEVERITY_NOTE,
			       "insmod ignores modprobe.d. To block it as well, write %s on the "
			       "kernel command line instead of %.*s.",
			       word.data ? word.data : "?", (int)list.word.length, list.word.word);
	else
		report_message(context->report, SEVERITY_NOTE,
			       "insmod ignores modprobe.d. To block it as well, add %s to the "
			       "kernel command line.",
			       word.data ? word.data : "?");
}

void disable_say_limits(struct context *context, const struct comparison *comparison)
{
	enum module_state module = MODULE_ABSENT;

	if (comparison->plan.mode != MODE_DISABLE)
		return;
	if (!is_blocking(comparison))
		report_message(context->report, SEVERITY_WARNING,
			       "enforce = blacklist only stops loads by an alias: nf_conntrack "
			       "still loads by name, as a dependency and for firewall rules; "
			       "enforce = block stops these, too");
	if (runtime_is_wanted(context) && kernel_module_state(context->kernel, &module) == 0 &&
	    module == MODULE_BUILT_IN)
		report_message(context->report, SEVERITY_WARNING,
			       "nf_conntrack is built into this kernel: no file and no boot option "
			       "can remove it. It tracks nothing while no rule needs it");
	else
		say_insmod(context);
}
