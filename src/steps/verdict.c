/* The verdict on a host: whether files, live values and sources are as configured. check and install share it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/verdict.h"

#include "steps/lint-files.h"
#include "steps/report-writers.h"
#include "steps/unconfigured.h"

void comparison_done(struct comparison *found)
{
	host_writers_done(&found->writers);
	live_done(&found->live);
	session_done(&found->session);
}

enum exit_code comparison_make(struct context *context, struct comparison *found)
{
	enum exit_code code = session_open(context, SIZES_KEEP, &found->session);

	if (code == EXIT_DONE && session_is_unconfigured(&found->session))
		return EXIT_DONE;
	if (code == EXIT_DONE)
		code = find_writers(context, &found->session, &found->writers);
	if (code == EXIT_DONE)
		code = live_look(context, &found->session, &found->live);
	return code;
}

static void judge_files(const struct session *session, struct verdict *verdict)
{
	bool differs = session_files_differ(session);

	verdict->files = differs || session->manifest_state != STATE_OK;
	verdict->record = verdict->files && !differs;
	verdict->unusable = session->manifest_state == STATE_UNUSABLE;
	for (size_t i = 0; i < session->observed.path_count; i++) {
		const struct file_difference *difference = &session->differences[i];

		verdict->unusable = verdict->unusable || difference->state == STATE_UNUSABLE;
		verdict->forced = verdict->forced || difference->needs_force;
	}
}

enum exit_code verdict_reach(struct context *context, const struct comparison *found,
			     struct verdict *ret)
{
	struct verdict verdict = {0};
	enum exit_code code = EXIT_DONE;

	judge_files(&found->session, &verdict);
	verdict.disables = found->session.plan.mode == MODE_DISABLE;
	verdict.breaks = found->breaks;
	verdict.live = live_differs(&found->live);
	verdict.overridden = writers_report(context, &found->writers);
	if (found->session.plan.mode == MODE_TUNE)
		code = lint_files(context, &found->session, &found->writers);
	verdict.masked = session_tell_masked(context, &found->session);
	verdict.unsure = report_is_unsure(context->report);
	live_report_state(context, verdict_differs(&verdict) || verdict.unsure, &found->live);
	*ret = verdict;
	return code;
}

bool verdict_differs(const struct verdict *verdict)
{
	return verdict->files || verdict->live || verdict->overridden > 0 || verdict->breaks;
}

enum exit_code verdict_code(const struct verdict *verdict)
{
	return verdict_differs(verdict) ? EXIT_DIFFERS : EXIT_DONE;
}
