/* The verb check: compares files and live values with the plan; changes nothing. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/find-writers.h"
#include "verbs/lint-files.h"
#include "verbs/live-guard.h"
#include "verbs/live.h"
#include "verbs/session.h"
#include "verbs/watch.h"

static void say_in_order(struct context *context, const struct live *live)
{
	if (live->values.count == 0 && live->module == MODULE_BUILT_IN)
		report_say_lines(
			context->report,
			"In order: every file is as planned. nf_conntrack is built into this "
			"kernel, and\n"
			"tracks where a rule asks for it: \"conntrack-persist users\" tells.");
	else if (values_count(&live->values, VALUE_PENDING) == 0)
		report_say(context->report,
			   live->values.count > 0 ? "In order: every file and value is as planned."
						  : "In order: every file is as planned.");
	else if (module_is_there(live->module))
		report_say(context->report, "In order; expect_hashsize is taken when nf_conntrack "
					    "loads the next time.");
	else
		report_say(context->report, "In order; the values come into force when "
					    "nf_conntrack loads.");
}

/* All that is known of the host. */
struct look {
	struct session session;
	struct live live;
	struct host_writers writers;
};

static void look_done(struct look *look)
{
	host_writers_done(&look->writers);
	live_done(&look->live);
	session_done(&look->session);
}

static enum exit_code look(struct context *context, struct look *look)
{
	enum exit_code code = session_open(context, SIZES_KEEP, &look->session);

	if (code == EXIT_DONE)
		code = find_writers(context, &look->session, &look->writers);
	if (code == EXIT_DONE)
		code = live_look(context, &look->session, &look->live);
	if (code == EXIT_DONE)
		(void)guard_foretell(context, &look->live);
	return code;
}

/* What differs, and so what the verdict is. */
struct verdict {
	bool files, live, overridden;
	bool record;   /* of the files, nothing but the record of them */
	bool forced;   /* install keeps its hands off one of them */
	bool unusable; /* with --force too */
	bool masked;   /* one is switched off, which is no difference */
	bool unsure;   /* something could not be read */
};

static bool differs(const struct verdict *verdict)
{
	return verdict->files || verdict->live || verdict->overridden;
}

static void say_verdict(struct context *context, const struct live *live,
			const struct verdict *verdict)
{
	if (!differs(verdict) && verdict->unsure)
		report_say_lines(context->report, "Not known to be in order: what could not be "
						  "read may set other values. See\n"
						  "the warnings.");
	else if (!differs(verdict) && verdict->masked)
		report_say(context->report, "In order but for what is switched off.");
	else if (!differs(verdict))
		say_in_order(context, live);
	else if (verdict->record && !verdict->live && !verdict->overridden)
		report_say(context->report, "In order but for the record of the files, which "
					    "\"conntrack-persist install\" writes.");
	else if (!verdict->files && !verdict->live)
		report_say(context->report,
			   "The files are in order, and another writer wins: see the "
			   "warning.");
	else if (!verdict->files && live->unwanted && verdict->masked)
		report_say(context->report, "The files are in order but for what is switched off, "
					    "and nf_conntrack is loaded.");
	else if (!verdict->files && live->unwanted)
		live_say_unwanted(context);
	else if (!verdict->files && live_cannot_load(live))
		live_say_cannot_load(context);
	else if (verdict->unusable)
		report_say_lines(
			context->report,
			"The host differs from its configuration, and install cannot put it "
			"right until\n"
			"what is no file is moved away: \"conntrack-persist plan\" names it.");
	else if (verdict->forced)
		report_say_lines(
			context->report,
			"The host differs from its configuration; \"conntrack-persist plan\" "
			"shows\n"
			"how. \"conntrack-persist install\" leaves alone what others wrote or "
			"edited:\n"
			"with --force it keeps a copy of that, and puts the host right.");
	else
		report_say_lines(context->report,
				 "The host differs from its configuration; "
				 "\"conntrack-persist plan\" shows\n"
				 "how, \"conntrack-persist install\" puts it right.");
}

static void judge_force(const struct session *session, struct verdict *verdict)
{
	verdict->unusable = session->manifest_state == STATE_UNUSABLE;
	verdict->forced = false;
	for (size_t i = 0; i < session->observed.path_count; i++) {
		const struct file_difference *difference = &session->differences[i];

		verdict->unusable = verdict->unusable || difference->state == STATE_UNUSABLE;
		verdict->forced = verdict->forced || difference->needs_force;
	}
}

static enum exit_code tell(struct context *context, const struct look *look)
{
	struct verdict verdict;
	enum exit_code code = EXIT_DONE;

	report_plan(context->report, &look->session.plan);
	verdict.files = session_report(context, &look->session, REPORT_STATES);
	verdict.record = verdict.files && !session_files_differ(&look->session);
	judge_force(&look->session, &verdict);
	verdict.live = live_report(context, &look->session, &look->live, LIVE_STATES);
	verdict.overridden = writers_report(context, &look->writers);
	if (look->session.plan.mode == MODE_TUNE) {
		writers_say_programs(context);
		code = lint_files(context, &look->session, &look->writers);
	}
	verdict.masked = session_tell_masked(context, &look->session);
	session_report_remains(context);
	verdict.unsure = report_is_unsure(context->report);
	live_report_state(context, differs(&verdict), &look->live);
	say_verdict(context, &look->live, &verdict);
	report_say_without_root(context->report);
	if (code != EXIT_DONE)
		return code;
	return differs(&verdict) ? EXIT_DIFFERS : EXIT_DONE;
}

static enum exit_code run_check(struct context *context)
{
	struct look CLEANUP(look_done) found = {0};
	enum exit_code code = look(context, &found);

	if (code == EXIT_DONE)
		code = tell(context, &found);
	if (context->watching)
		code = watch_tell(context, &found.session, &found.live, &found.writers, code);
	/* What differs is in the result all the same. */
	if ((code == EXIT_DONE || code == EXIT_DIFFERS) && report_is_unsure(context->report))
		return EXIT_FAILED;
	return code;
}

const struct verb verb_check = {
	.name = "check",
	.help = "compare files and live values with the plan",
	.run = run_check,
	.flags = 0,
};
