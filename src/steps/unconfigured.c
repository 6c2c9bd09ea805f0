/*
 * Handles a host without a configuration and without files of ours: says how to begin instead of a
 * plan.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/unconfigured.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "gather/read-config.h"
#include "model/plan/sizes.h"

/* Returns whether a run of this program wrote the file. */
static bool is_ours(enum file_state state)
{
	return state != STATE_OK && state != STATE_FOREIGN && state != STATE_MASKED &&
	       state != STATE_UNUSABLE;
}

bool plan_is_unconfigured(const struct plan *plan)
{
	return plan->mode == MODE_TUNE && plan->artifact_count == 0 && !plan->sizes.from_ram;
}

bool comparison_is_unconfigured(const struct comparison *comparison)
{
	if (!plan_is_unconfigured(&comparison->plan) ||
	    comparison->installed.manifest_file.kind != FILE_ABSENT)
		return false;
	for (size_t i = 0; i < comparison->installed.path_count; i++)
		if (is_ours(comparison->differences[i].state))
			return false;
	return true;
}

bool find_unchosen(struct context *context, const struct comparison *comparison,
		   enum severity severity)
{
	const struct sizes *kept = &comparison->installed.manifest.sizes;
	char now[64] = "";

	if (!comparison->plan.sizes.unchosen)
		return false;
	if (comparison->facts.ram > 0)
		(void)snprintf(now, sizeof(now), ", here %s",
			       text_count(sizes_auto_max(&comparison->facts, UINT64_MAX)).text);
	report_message(
		context->report, severity,
		"%s: the configuration does not set max, and an earlier version chose max by "
		"itself for this host. Write one of these below [conntrack] in %s" CONFIG_FILE
		" and install again: \"max = %" PRIu64
		"\" (as it is now), or \"max = auto\" (2 %% of RAM at most%s, as a floor); or run "
		"\"conntrack-persist uninstall\"",
		severity == SEVERITY_ERROR ? "refused" : "install would refuse",
		tree_prefix(context->tree), kept->max, now);
	return true;
}

enum exit_code say_unconfigured(struct context *context)
{
	json_t *object = report_object(context->report);

	report_say(context->report,
		   "Nothing is configured in %s" CONFIG_FILE
		   ": nothing was changed, and no value will be set.",
		   tree_prefix(context->tree));
	report_say_lines(
		context->report,
		"To begin, write what one of these prints into that file:\n"
		"    conntrack-persist plan --from-system    what files of this host set already\n"
		"    conntrack-persist advise --ini          what this host needs, as seen now\n"
		"Then run: conntrack-persist plan, conntrack-persist install");
	report_set_state(context->report, "unconfigured");
	report_set_changed(context->report, false);
	report_set_member(context->report, object, "would_change", json_false());
	report_set_member(context->report, object, "refused", json_false());
	return EXIT_DONE;
}
