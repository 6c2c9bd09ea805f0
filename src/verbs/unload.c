/* The verb unload: removes nf_conntrack and the modules above it if nothing uses them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/find-uses.h"
#include "steps/runtime.h"
#include "steps/unload-modules.h"
#include "verbs/verbs.h"

static enum exit_code dry_run(struct context *context)
{
	struct module_graph CLEANUP(module_graph_done) graph = {0};
	enum exit_code code = find_modules(context, &graph);

	if (code == EXIT_DONE)
		code = unload_refuse(context, &graph);
	if (code != EXIT_DONE)
		return code;
	for (size_t i = 0; i < graph.count; i++)
		unload_note(context, graph.items[i].name, "remove");
	report_say(context->report, "%s",
		   graph.count > 0
			   ? "Nothing was changed; \"conntrack-persist unload\" carries this out."
			   : "Nothing to do: nf_conntrack is not loaded.");
	return graph.count > 0 ? EXIT_DIFFERS : EXIT_DONE;
}

static enum exit_code run_unload(struct context *context)
{
	struct unloading result = {0};
	enum module_state module;
	enum exit_code code = runtime_find_module(context, &module);

	if (code != EXIT_DONE)
		return code;
	if (module == MODULE_BUILT_IN) {
		report_message(context->report, SEVERITY_ERROR,
			       "refused: nf_conntrack is built into this kernel and cannot be "
			       "removed; it tracks nothing while no rule needs it");
		return EXIT_REFUSED;
	}
	if (context->options->dry_run)
		return dry_run(context);
	code = unload_modules(context, &result);
	report_set_changed(context->report, result.removed > 0);
	if (code != EXIT_DONE)
		return code;
	report_say(context->report, result.removed > 0
					    ? "Unloaded. It loads again when a rule or program "
					      "needs it, unless mode = disable is installed."
					    : "Nothing to do: nf_conntrack is not loaded.");
	return EXIT_DONE;
}

const struct verb verb_unload = {
	.name = "unload",
	.help = "Unload nf_conntrack if nothing uses it",
	.about = "Unloads nf_conntrack and the modules above it, if nothing uses them. "
		 "All tracked connections are forgotten. The next rule that needs "
		 "nf_conntrack loads it again, unless mode = disable is installed. Needs "
		 "root.",
	.examples = "  conntrack-persist --dry-run unload\n"
		    "  sudo conntrack-persist unload\n",
	.exits = "Exit status: 0 unloaded, or it was not loaded; 1 some modules are left; "
		 "3 refused, because something uses it.",
	.run = run_unload,
	.flags = VERB_CHANGES | VERB_DRY_RUN | VERB_RUNNING,
};
