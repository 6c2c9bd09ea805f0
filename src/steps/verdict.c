/* The verdict: whether files, live values and sources are as configured. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/verdict.h"

#include "steps/lint-files.h"
#include "steps/report-writers.h"
#include "steps/unconfigured.h"

void host_state_done(struct host_state *found)
{
	host_writers_done(&found->writers);
	runtime_done(&found->live);
	comparison_done(&found->comparison);
}

static bool is_of_earlier_version(const struct comparison *comparison)
{
	return comparison->installed.manifest.file_count > 0 &&
	       comparison->installed.manifest.format < MANIFEST_FORMAT;
}

enum exit_code host_state_make(struct context *context, struct host_state *found)
{
	enum exit_code code = comparison_make(context, SIZES_KEEP, &found->comparison);

	if (code == EXIT_DONE && comparison_is_unconfigured(&found->comparison))
		return EXIT_DONE;
	if (code == EXIT_DONE)
		code = find_writers(context, &found->comparison, &found->writers);
	if (code == EXIT_DONE)
		code = runtime_look(context, &found->comparison, NAMESPACES_COMPARED, &found->live);
	if (is_of_earlier_version(&found->comparison))
		values_leave_inherited(&found->live.values);
	return code;
}

static void judge_files(const struct comparison *comparison, struct verdict *verdict)
{
	bool differs = comparison_files_differ(comparison);

	verdict->files = differs || comparison->manifest_state != STATE_OK;
	verdict->record = verdict->files && !differs;
	verdict->unusable = comparison->manifest_state == STATE_UNUSABLE;
	for (size_t i = 0; i < comparison->installed.path_count; i++) {
		const struct file_difference *difference = &comparison->differences[i];

		verdict->unusable = verdict->unusable || difference->state == STATE_UNUSABLE;
		verdict->forced = verdict->forced || difference->needs_force;
	}
}

enum exit_code verdict_reach(struct context *context, const struct host_state *found,
			     struct verdict *ret)
{
	struct verdict verdict = {0};
	enum exit_code code = EXIT_DONE;

	judge_files(&found->comparison, &verdict);
	verdict.disables = found->comparison.plan.mode == MODE_DISABLE;
	verdict.breaks = found->breaks;
	verdict.live = runtime_differs(&found->live);
	verdict.overridden = writers_report(context, &found->writers);
	if (found->comparison.plan.mode == MODE_TUNE)
		code = lint_files(context, &found->comparison.facts, &found->writers);
	verdict.masked = comparison_report_masked(context, &found->comparison);
	verdict.unsure = report_is_unsure(context->report);
	runtime_report_state(context, verdict_differs(&verdict) || verdict.unsure, &found->live);
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
