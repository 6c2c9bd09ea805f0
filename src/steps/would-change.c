/*
 * Computes the JSON fields would_change, refused and would_exit, for dry runs of Ansible and
 * Puppet.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/would-change.h"

#include "steps/disable.h"

/*
 * Returns whether a value differs that this process may set or, with in_reach false, one that it
 * may not.
 */
static bool has_differing(const struct context *context, const struct runtime *runtime,
			  bool in_reach)
{
	for (size_t i = 0; i < runtime->values.count; i++)
		if (runtime->values.items[i].state == VALUE_DIFFERS &&
		    runtime_is_in_reach(context, &runtime->values.items[i]) == in_reach)
			return true;
	return false;
}

static bool would_change_files(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->installed.path_count; i++)
		if (comparison->differences[i].action != ACTION_NONE)
			return true;
	return comparison->manifest_state != STATE_OK;
}

void would_change_refusal(struct context *context)
{
	report_set_member(context->report, report_object(context->report), "refused", json_true());
}

enum exit_code would_change(struct context *context, const struct comparison *comparison,
			    const struct runtime *runtime, bool *ret_changes)
{
	bool changes = would_change_files(comparison), unloads = false;
	json_t *object = report_object(context->report);
	enum exit_code code = EXIT_DONE;

	if (runtime && !changes) {
		changes = has_differing(context, runtime, true) || runtime->others.differing > 0;
		if (runtime->unwanted)
			code = disable_would_unload(context, comparison, &unloads);
	}
	changes = changes || unloads;
	report_set_member(context->report, object, "would_change", json_boolean(changes));
	if (ret_changes)
		*ret_changes = changes;
	if (comparison_is_refused(context, comparison))
		would_change_refusal(context);
	else if (!json_object_get(object, "refused"))
		report_set_member(context->report, object, "refused", json_false());
	return code;
}

enum exit_code would_exit(struct context *context, const struct comparison *comparison,
			  const struct runtime *runtime, bool remains)
{
	json_t *object = report_object(context->report);
	bool refused = json_is_true(json_object_get(object, "refused")), unloads = false;
	enum exit_code code = EXIT_DONE;

	if (runtime->unwanted)
		code = disable_would_unload(context, comparison, &unloads);
	if (code != EXIT_DONE)
		return code;
	remains = remains || report_is_unsure(context->report) || runtime_cannot_load(runtime) ||
		  (runtime->unwanted && !unloads) || has_differing(context, runtime, false);
	code = refused ? EXIT_REFUSED : remains ? EXIT_DIFFERS : EXIT_DONE;
	report_set_member(context->report, object, "would_exit", json_integer(code));
	return EXIT_DONE;
}
