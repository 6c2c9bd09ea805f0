/* The verb plan: what install would change; changes nothing. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/session.h"

static enum exit_code run_plan(struct context *context)
{
	struct session CLEANUP(session_done) session = {0};
	enum exit_code code = session_open(context, false, &session);
	bool differs;

	if (code != EXIT_DONE)
		return code;
	report_plan(context->report, &session.plan);
	differs = session_report(context, &session, REPORT_DIFFS);
	if (!differs)
		report_say(context->report, "Nothing to do: every file is as planned.");
	else
		report_say(context->report,
			   "Nothing was changed. \"conntrack-persist install\" carries this out.");
	return differs ? EXIT_DIFFERS : EXIT_DONE;
}

const struct verb verb_plan = {
	.name = "plan",
	.help = "show what install would change",
	.run = run_plan,
	.flags = VERB_FORCE | VERB_NO_LIVE,
};
