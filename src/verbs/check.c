/* The verb check: compares files and live values with the plan; changes nothing. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/live.h"
#include "verbs/session.h"
#include "verbs/watch.h"

static void say_in_order(struct context *context, const struct live *live)
{
	if (values_count(&live->values, VALUE_PENDING) == 0)
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

static enum exit_code look(struct context *context, struct session *session, struct live *live)
{
	enum exit_code code = session_open(context, true, session);

	if (code != EXIT_DONE || !live_is_wanted(context))
		return code;
	code = live_observe(context, session, live);
	return code == EXIT_DONE ? live_judge(context, session, live) : code;
}

static enum exit_code tell(struct context *context, const struct session *session,
			   const struct live *live)
{
	bool differs, files_differ;

	report_plan(context->report, &session->plan);
	files_differ = session_report(context, session, REPORT_STATES);
	differs = live_report(context, session, live, LIVE_STATES) || files_differ;
	live_report_state(context, differs, live);
	if (!differs)
		say_in_order(context, live);
	else if (!files_differ && live->unwanted)
		report_say(context->report,
			   "The files are in order, and nf_conntrack is loaded from before: "
			   "\"conntrack-persist\n"
			   "unload\" removes it once nobody uses it; the next boot is without it.");
	else if (!files_differ && values_count(&live->values, VALUE_DIFFERS) == 0)
		report_say(context->report, "The files are in order, and nf_conntrack cannot load: "
					    "mend what the warning names.");
	else
		report_say(context->report, "The host differs from its configuration; "
					    "\"conntrack-persist plan\" shows\n"
					    "how, \"conntrack-persist install\" puts it right.");
	return differs ? EXIT_DIFFERS : EXIT_DONE;
}

static enum exit_code run_check(struct context *context)
{
	struct session CLEANUP(session_done) session = {0};
	struct live CLEANUP(live_done) live = {0};
	enum exit_code code = look(context, &session, &live);

	if (code == EXIT_DONE)
		code = tell(context, &session, &live);
	return context->watching ? watch_tell(context, &session, &live, code) : code;
}

const struct verb verb_check = {
	.name = "check",
	.help = "compare files and live values with the plan",
	.run = run_check,
	.flags = 0,
};
