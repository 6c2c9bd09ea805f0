/* Reports the files beside the plan, for plan, check, install and uninstall. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "steps/comparison.h"

static const char *manifest_action_to_string(enum file_state state)
{
	switch (state) {
	case STATE_OK:
		return "none";
	case STATE_MISSING:
		return "create";
	case STATE_LEFTOVER:
		return "remove";
	default:
		return "update";
	}
}

bool comparison_files_differ(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->installed.path_count; i++)
		if (file_differs(&comparison->differences[i]))
			return true;
	return false;
}

/*
 * Says why a manifest is not used. Files are recognised without the manifest too, because /var may
 * be newer or older than /etc, for example after an older /etc was restored.
 */
static const char *manifest_reason(const struct comparison *comparison)
{
	return comparison->manifest_state == STATE_DIFFERS && !comparison_files_differ(comparison)
		       ? "of another installation than these files"
		       : NULL;
}

bool comparison_report(struct context *context, const struct comparison *comparison,
		       enum report_detail detail)
{
	bool differs = comparison->manifest_state != STATE_OK;
	bool act = detail != REPORT_STATES, outdated = false;

	for (size_t i = 0; i < comparison->installed.path_count; i++) {
		const struct file_difference *difference = &comparison->differences[i];

		/* A file that is absent as planned needs no line. */
		if (!difference->wanted && difference->state == STATE_OK)
			continue;
		report_file(context->report, difference->path,
			    act ? file_action_to_string(difference->action) : "none",
			    file_state_to_string(difference->state),
			    file_state_describe(difference->state));
		if (act && difference->action != ACTION_NONE)
			report_diff(context->report, difference,
				    detail == REPORT_DIFFS || context->options->verbose);
		differs = differs || file_differs(difference) ||
			  (act && difference->action != ACTION_NONE);
		outdated = outdated || (!act && difference->state == STATE_OUTDATED);
	}
	if (comparison->manifest_state != STATE_OK ||
	    comparison->installed.manifest_file.kind != FILE_ABSENT)
		report_file(context->report, PATH_MANIFEST,
			    act ? manifest_action_to_string(comparison->manifest_state) : "none",
			    file_state_to_string(comparison->manifest_state),
			    manifest_reason(comparison));
	if (outdated)
		report_message(context->report, SEVERITY_NOTE,
			       "files of an earlier version hold the configured values; "
			       "\"conntrack-persist install\" writes them again");
	report_set_state(context->report, differs ? "drift" : "in-order");
	return differs;
}

bool comparison_is_masked(const struct comparison *comparison, const char *path)
{
	for (size_t i = 0; i < comparison->installed.path_count; i++)
		if (strcmp(comparison->installed.paths[i].path, path) == 0)
			return comparison->differences[i].state == STATE_MASKED;
	return false;
}

bool comparison_report_masked(struct context *context, const struct comparison *comparison)
{
	bool disable = comparison->plan.mode == MODE_DISABLE, masked = false;

	for (size_t i = 0; i < comparison->installed.path_count; i++)
		masked = masked || (comparison->differences[i].wanted &&
				    comparison->differences[i].state == STATE_MASKED);
	if (masked)
		report_message(context->report, disable ? SEVERITY_WARNING : SEVERITY_NOTE,
			       "a file that is disabled by a link to /dev/null %s; to enable it, "
			       "remove the link and run \"conntrack-persist install\"",
			       disable ? "no longer keeps nf_conntrack off" : "sets no value");
	return masked;
}

static void report_remains_of(struct context *context, const char *path)
{
	if (tree_has_remains(context->tree, path))
		report_message(context->report, SEVERITY_WARNING,
			       "a run that was killed left a temporary file next to %s%s; "
			       "\"conntrack-persist install\" removes it",
			       tree_prefix(context->tree), path);
}

void report_remains(struct context *context)
{
	for (size_t i = 0; i < artifact_path_count; i++)
		report_remains_of(context, artifact_paths[i]);
	report_remains_of(context, PATH_MANIFEST);
}
