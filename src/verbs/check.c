/* The verb check: compares files with the plan; changes nothing. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verbs/session.h"

static enum exit_code run_check(struct context *context)
{
	struct session CLEANUP(session_done) session = {0};
	enum exit_code code = session_open(context, true, &session);
	bool differs;

	if (code != EXIT_DONE)
		return code;
	report_plan(context->report, &session.plan);
	differs = session_report(context, &session, REPORT_STATES);
	if (!differs)
		report_say(context->report, "In order: every file is as planned.");
	else
		report_say(context->report, "The host differs from its configuration; "
					    "\"conntrack-persist plan\" shows\n"
					    "how, \"conntrack-persist install\" puts it right.");
	return differs ? EXIT_DIFFERS : EXIT_DONE;
}

const struct verb verb_check = {
	.name = "check",
	.help = "compare the files with the plan",
	.run = run_check,
	.flags = 0,
};
