/* The verb plan: what install would change, in files and in the running kernel; changes nothing. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/comparison.h"
#include "steps/disable.h"
#include "steps/find-writers.h"
#include "steps/from-system.h"
#include "steps/initramfs-note.h"
#include "steps/lint-files.h"
#include "steps/report-writers.h"
#include "steps/runtime.h"
#include "steps/sizes-guard.h"
#include "steps/unconfigured.h"
#include "steps/would-change.h"
#include "verbs/verbs.h"

/* What differs, and whether install would change anything of it. */
struct outcome {
	bool files, differs, changes;
	bool breaks; /* mode = disable: something fails at the next boot */
};

static void say_outcome(struct context *context, const struct live *live,
			const struct outcome *outcome)
{
	if (!outcome->differs && report_is_unsure(context->report))
		report_say(context->report,
			   "Nothing to do from here, but it is not known whether the values are "
			   "active: what could not be read may set others. See the warnings.");
	else if (!outcome->files && live_cannot_load(live))
		live_say_cannot_load(context);
	else if (!outcome->differs && live->values.table_waits)
		report_say(context->report, "Nothing to do before nf_conntrack loads again.");
	else if (!outcome->differs)
		report_say(context->report, "Nothing to do: every file %sis as configured.",
			   values_count(&live->values, VALUE_OK) > 0 ? "and value " : "");
	else if (outcome->changes)
		report_say(context->report,
			   "Nothing was changed. \"conntrack-persist install\" carries this out.");
	else if (live->unwanted)
		live_say_unwanted(context);
	else if (outcome->breaks)
		report_say(context->report, "Nothing to do from here, but this host will not boot "
					    "as it should: see the warnings.");
	else
		report_say(context->report, "Nothing to do from here: \"conntrack-persist "
					    "install\" leaves out what it cannot reach.");
}

static size_t count_files(const struct session *session)
{
	size_t count = session->manifest_state != STATE_OK;

	for (size_t i = 0; i < session->observed.path_count; i++)
		count += session->differences[i].action != ACTION_NONE;
	return count;
}

/* Those that install would set: not what waits for the next load, and not what this process cannot reach. */
static size_t count_values(const struct context *context, const struct live *live)
{
	size_t count = 0;

	for (size_t i = 0; i < live->values.count; i++)
		count += live->values.items[i].state == VALUE_DIFFERS &&
			 live_is_in_reach(context, &live->values.items[i]);
	return count;
}

/* The last line of every plan, for people and scripts to count on. A file that is removed counts as one to write. */
static void say_counts(struct context *context, const struct session *session,
		       const struct live *live, bool changes)
{
	size_t files = count_files(session), values = count_values(context, live);

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
	struct session CLEANUP(session_done) session = {0};
	struct live CLEANUP(live_done) live = {0};
	struct host_writers CLEANUP(host_writers_done) writers = {0};
	enum exit_code code;
	struct outcome outcome = {0};
	bool overridden;

	if (context->options->from_system)
		return adopt(context);
	code = session_open(context, SIZES_RESOLVE, &session);
	if (code == EXIT_DONE && session_is_unconfigured(&session))
		return say_unconfigured(context);
	if (code == EXIT_DONE)
		code = find_writers(context, &session, &writers);
	if (code == EXIT_DONE)
		code = live_look(context, &session, &live);
	if (code == EXIT_DONE && guard_foretell(context, &live))
		foresee_refusal(context);
	if (code == EXIT_DONE)
		code = keep_off_look(context, &session, KEEP_OFF_PLAN, &outcome.breaks);
	if (code != EXIT_DONE)
		return code;
	report_plan(context->report, &session.plan);
	if (find_unchosen(context, &session, SEVERITY_WARNING))
		foresee_refusal(context);
	outcome.files = session_report(context, &session,
				       context->options->diff ? REPORT_DIFFS : REPORT_ACTIONS);
	outcome.differs = live_report(context, &session, &live, LIVE_PLAN) || outcome.files ||
			  outcome.breaks;
	overridden = writers_report(context, &writers);
	if (session.plan.mode == MODE_TUNE)
		code = lint_files(context, &session, &writers);
	if (code != EXIT_DONE)
		return code;
	note_initramfs(context, &session, true);
	live_report_state(context, outcome.differs, &live);
	code = foresee(context, &session, live_is_wanted(context) ? &live : NULL, &outcome.changes);
	if (code == EXIT_DONE)
		code = foresee_exit(context, &session, &live, outcome.breaks || overridden);
	if (code != EXIT_DONE)
		return code;
	guard_say_waiting(context, &live);
	if (outcome.differs)
		keep_off_say_limits(context, &session);
	say_outcome(context, &live, &outcome);
	report_say_without_root(context->report);
	say_counts(context, &session, &live, outcome.changes);
	if (outcome.differs)
		return EXIT_DIFFERS;
	return report_is_unsure(context->report) ? EXIT_FAILED : EXIT_DONE;
}

const struct verb verb_plan = {
	.name = "plan",
	.help = "show what install would change",
	.run = run_plan,
	.flags = VERB_FORCE | VERB_NO_LIVE | VERB_FROM_SYSTEM | VERB_DIFF,
};
