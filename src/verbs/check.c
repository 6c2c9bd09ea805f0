/* The verb check: compares files and live values with the plan; changes nothing. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/disable.h"
#include "steps/drift-timer.h"
#include "steps/report-writers.h"
#include "steps/sizes-guard.h"
#include "steps/unconfigured.h"
#include "steps/verdict.h"
#include "verbs/verbs.h"

static void say_in_order_but_pending(struct context *context, const struct values *values)
{
	struct buffer CLEANUP(buffer_clear) names = {0};

	values_list_pending(values, &names);
	report_say(context->report, "In order; %s %s pending until nf_conntrack loads again.",
		   names.data ? names.data : "?",
		   values_count(values, VALUE_PENDING) == 1 ? "is" : "are");
}

static void say_in_order(struct context *context, const struct runtime *runtime)
{
	if (runtime->values.count == 0 && runtime->module == MODULE_BUILT_IN)
		report_say(context->report,
			   "In order: every file is as configured. nf_conntrack is built into this "
			   "kernel, and tracks connections if a rule needs it: \"conntrack-persist "
			   "users\" lists these rules.");
	else if (values_count(&runtime->values, VALUE_PENDING) == 0)
		report_say(context->report,
			   runtime->values.count > 0
				   ? "In order: every file and value is as configured."
				   : "In order: every file is as configured.");
	else if (module_is_there(runtime->module))
		say_in_order_but_pending(context, &runtime->values);
	else
		report_say(context->report,
			   "In order; the values become active when nf_conntrack loads.");
}

static void say_verdict(struct context *context, const struct runtime *runtime,
			const struct verdict *verdict)
{
	bool differs = verdict_differs(verdict);

	if (!differs && verdict->unsure && verdict->disables)
		report_say(context->report,
			   "Not known to be in order: a file that could not be read may need "
			   "nf_conntrack at the next boot. See the warnings.");
	else if (!differs && verdict->unsure)
		report_say(context->report, "Not known to be in order: a source that could not be "
					    "read may set other values. See the warnings.");
	else if (!differs && verdict->masked)
		report_say(
			context->report,
			"In order, except for the files that are disabled by a link to /dev/null.");
	else if (!differs)
		say_in_order(context, runtime);
	else if (verdict->record && !verdict->live && !verdict->overridden && !verdict->breaks)
		report_say(context->report, "In order, except for the manifest, which "
					    "\"conntrack-persist install\" writes.");
	else if (!verdict->files && !verdict->live && verdict->breaks)
		report_say(
			context->report,
			"The files are correct, but something on this host will fail at the next "
			"boot: see the warnings. Disable what they name, or set mode = tune.");
	else if (!verdict->files && !verdict->live)
		report_say(context->report,
			   "The files are correct, but %zu value%s overridden: see the warning%s "
			   "above.",
			   verdict->overridden, verdict->overridden == 1 ? " is" : "s are",
			   verdict->overridden == 1 ? "" : "s");
	else if (!verdict->files && runtime->unwanted && verdict->masked)
		report_say(context->report,
			   "The files are correct, except for the files that are disabled by a "
			   "link to /dev/null, but nf_conntrack is loaded.");
	else if (!verdict->files && runtime->unwanted)
		runtime_say_unwanted(context);
	else if (!verdict->files && runtime_cannot_load(runtime))
		runtime_say_cannot_load(context);
	else if (verdict->unusable)
		report_say(context->report, "The host differs from its configuration, and install "
					    "cannot correct it until you move away a path that is "
					    "not a file: \"conntrack-persist plan\" names it.");
	else if (verdict->forced)
		report_say(context->report,
			   "The host differs from its configuration; \"conntrack-persist plan\" "
			   "shows how. \"conntrack-persist install\" leaves foreign and edited "
			   "files alone; with --force it keeps a copy of each and replaces it.");
	else
		report_say(context->report,
			   "The host differs from its configuration; \"conntrack-persist plan\" "
			   "shows how, \"conntrack-persist install\" corrects it.");
}

static enum exit_code report_verdict(struct context *context, const struct host_state *found)
{
	struct verdict verdict = {0};
	enum exit_code code;

	report_plan(context->report, &found->comparison.plan);
	(void)comparison_report(context, &found->comparison, REPORT_STATES);
	(void)runtime_report(context, &found->comparison, &found->live, LIVE_STATES);
	report_remains(context);
	code = verdict_reach(context, found, &verdict);
	if (found->comparison.plan.mode == MODE_TUNE)
		writers_say_programs(context);
	guard_say_waiting(context, &found->live);
	say_verdict(context, &found->live, &verdict);
	report_say_without_root(context->report);
	return code == EXIT_DONE ? verdict_code(&verdict) : code;
}

static enum exit_code run_check(struct context *context)
{
	struct host_state CLEANUP(host_state_done) found = {0};
	enum exit_code code = host_state_make(context, &found);

	if (code == EXIT_DONE && comparison_is_unconfigured(&found.comparison))
		return say_unconfigured(context);
	if (code == EXIT_DONE)
		code = disable_look(context, &found.comparison, DISABLE_IN_CHECK, &found.breaks);
	if (code == EXIT_DONE) {
		(void)guard_foretell(context, &found.live);
		code = report_verdict(context, &found);
	}
	if (context->watching)
		code = drift_timer_report(context, &found.comparison, &found.live, &found.writers,
					  code);
	/* The result has the differences nevertheless. */
	if ((code == EXIT_DONE || code == EXIT_DIFFERS) && report_is_unsure(context->report))
		return EXIT_FAILED;
	return code;
}

const struct verb verb_check = {
	.name = "check",
	.help = "Compare files and live values with the configuration",
	.about = "Compares the installed files and the live values with the "
		 "configuration, and names every other file or program that overrides a "
		 "value. Changes nothing. Needs no root, but sees more as root.",
	.examples = "  conntrack-persist check\n"
		    "  conntrack-persist check --json\n",
	.exits = "Exit status: 0 nothing differs; 1 something could not be read; 2 "
		 "something differs, is overridden, or nf_conntrack cannot load; 78 "
		 "faulty configuration.",
	.run = run_check,
};
