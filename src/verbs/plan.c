/*
 * The verb plan: shows what install would change, in files and in the running kernel; changes
 * nothing.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/comparison.h"
#include "steps/disable.h"
#include "steps/find-writers.h"
#include "steps/foretell-cutoffs.h"
#include "steps/from-system.h"
#include "steps/initramfs-note.h"
#include "steps/lint-files.h"
#include "steps/report-writers.h"
#include "steps/runtime.h"
#include "steps/size-table.h"
#include "steps/sizes-guard.h"
#include "steps/unconfigured.h"
#include "steps/warn-relations.h"
#include "steps/witness.h"
#include "steps/would-change.h"
#include "verbs/verbs.h"

/* Says which parts differ, and whether install would change any of them. */
struct outcome {
	bool files, differs, changes;
	bool breaks; /* mode = disable, and something fails at the next boot */
};

static void say_outcome(struct context *context, const struct runtime *runtime,
			const struct outcome *outcome)
{
	if (!outcome->differs && report_is_unsure(context->report))
		report_say(context->report, "Nothing to do from here, but it is not known whether "
					    "the values are active, because a source that could "
					    "not be read may set others. See the warnings.");
	else if (!outcome->files && runtime_cannot_load(runtime))
		runtime_say_cannot_load(context);
	else if (!outcome->differs && runtime->values.table_waits)
		report_say(context->report, "Nothing to do before nf_conntrack loads again.");
	else if (!outcome->differs)
		report_say(context->report, "Nothing to do: every file %sis as configured.",
			   values_count(&runtime->values, VALUE_OK) > 0 ? "and value " : "");
	else if (outcome->changes)
		report_say(context->report,
			   "Nothing was changed. \"conntrack-persist install\" carries this out.");
	else if (runtime->unwanted)
		runtime_say_unwanted(context);
	else if (outcome->breaks)
		report_say(context->report, "Nothing to do from here, but something on this host "
					    "will fail at the next boot: see the warnings.");
	else
		report_say(context->report, "Nothing to do from here: \"conntrack-persist "
					    "install\" cannot set the values that are left out.");
}

static size_t count_files(const struct comparison *comparison)
{
	size_t count = comparison->manifest_state != STATE_OK;

	for (size_t i = 0; i < comparison->installed.path_count; i++)
		count += comparison->differences[i].action != ACTION_NONE;
	return count;
}

/*
 * Counts the values that install would set; values that wait for the next load or that this process
 * cannot set do not count.
 */
static size_t count_values(const struct context *context, const struct runtime *runtime)
{
	size_t count = runtime->others.values;

	for (size_t i = 0; i < runtime->values.count; i++)
		count += runtime->values.items[i].state == VALUE_DIFFERS &&
			 runtime_is_in_reach(context, &runtime->values.items[i]);
	return count;
}

/*
 * Prints the last line of every plan, for people and scripts. A file that would be removed counts
 * as a file to write.
 */
static void say_counts(struct context *context, const struct comparison *comparison,
		       const struct runtime *runtime, bool changes)
{
	size_t files = count_files(comparison), values = count_values(context, runtime);

	if (!changes && files == 0 && values == 0)
		report_say(context->report, "Plan: nothing to do.");
	else if (files == 0 && values == 0)
		report_say(context->report, "Plan: nf_conntrack to unload.");
	else
		report_say(context->report,
			   "Plan: %zu file%s to write, %zu live value%s to change.", files,
			   files == 1 ? "" : "s", values, values == 1 ? "" : "s");
}

static enum exit_code run_plan(struct context *context)
{
	struct comparison CLEANUP(comparison_done) comparison = {0};
	struct runtime CLEANUP(runtime_done) runtime = {0};
	struct host_writers CLEANUP(host_writers_done) writers = {0};
	struct relations CLEANUP(relations_done) relations = {0};
	enum exit_code code;
	struct outcome outcome = {0};
	bool overridden;

	if (context->options->connections > 0)
		return size_table(context);
	if (context->options->from_system)
		return from_system(context);
	code = comparison_make(context, SIZES_RESOLVE, &comparison);
	if (code == EXIT_DONE && comparison_is_unconfigured(&comparison))
		return say_unconfigured(context);
	if (code == EXIT_DONE)
		code = find_writers(context, &comparison, &writers);
	if (code == EXIT_DONE)
		code = runtime_look(context, &comparison, NAMESPACES_FORETOLD, &runtime);
	if (code == EXIT_DONE && guard_foretell(context, &runtime))
		would_change_refusal(context);
	if (code == EXIT_DONE)
		code = disable_look(context, &comparison, DISABLE_IN_PLAN, &outcome.breaks);
	if (code != EXIT_DONE)
		return code;
	report_plan(context->report, &comparison.plan);
	if (find_unchosen(context, &comparison, SEVERITY_WARNING))
		would_change_refusal(context);
	outcome.files = comparison_report(context, &comparison,
					  context->options->diff ? REPORT_DIFFS : REPORT_ACTIONS);
	outcome.differs = runtime_report(context, &comparison, &runtime, LIVE_PLAN) ||
			  outcome.files || outcome.breaks;
	code = foretell_cutoffs(context, &runtime);
	if (code == EXIT_DONE)
		code = warn_relations(context, &comparison, false, &relations);
	if (code != EXIT_DONE)
		return code;
	overridden = writers_report(context, &writers);
	if (comparison.plan.mode == MODE_TUNE)
		code = lint_files(context, &comparison.facts, &writers);
	if (code != EXIT_DONE)
		return code;
	note_initramfs(context, &comparison, true);
	runtime_report_state(context, outcome.differs, &runtime);
	code = would_change(context, &comparison, runtime_is_wanted(context) ? &runtime : NULL,
			    &outcome.changes);
	if (code == EXIT_DONE)
		code = would_exit(context, &comparison, &runtime, outcome.breaks || overridden);
	if (code != EXIT_DONE)
		return code;
	guard_say_waiting(context, &runtime);
	witness_foretell(context, &comparison);
	if (outcome.differs)
		disable_say_limits(context, &comparison);
	say_outcome(context, &runtime, &outcome);
	report_say_without_root(context->report);
	say_counts(context, &comparison, &runtime, outcome.changes);
	if (outcome.differs)
		return EXIT_DIFFERS;
	return report_is_unsure(context->report) ? EXIT_FAILED : EXIT_DONE;
}

const struct verb verb_plan = {
	.name = "plan",
	.help = "Show what install would change",
	.about = "Shows which files install would write and which live values it would "
		 "change, with the configured value of each and the line that sets it. "
		 "Changes nothing and needs no root.",
	.examples = "  conntrack-persist plan\n"
		    "  conntrack-persist plan --diff\n"
		    "  conntrack-persist plan --from-system > this-host.conf\n"
		    "  conntrack-persist plan --connections=500000 --new-per-second=2000\n",
	.exits = "Exit status: 0 nothing to do; 1 something could not be read; 2 install "
		 "would change something, or something differs that it cannot change; 78 "
		 "faulty configuration.",
	.run = run_plan,
	.flags = VERB_FORCE | VERB_NO_LIVE | VERB_FROM_SYSTEM | VERB_DIFF | VERB_CONNECTIONS |
		 VERB_INI | VERB_NO_ADDRESSES,
};
