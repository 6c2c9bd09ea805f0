/* What a run would come to, in two words for the programs that plan by us. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/would-change.h"

#include "steps/disable.h"

static bool would_change_values(const struct context *context, const struct live *live)
{
	for (size_t i = 0; i < live->values.count; i++)
		if (live->values.items[i].state == VALUE_DIFFERS &&
		    live_is_in_reach(context, &live->values.items[i]))
			return true;
	return false;
}

static bool would_change_files(const struct session *session)
{
	for (size_t i = 0; i < session->observed.path_count; i++)
		if (session->differences[i].action != ACTION_NONE)
			return true;
	return session->manifest_state != STATE_OK;
}

void foresee_refusal(struct context *context)
{
	report_set_member(context->report, report_object(context->report), "refused", json_true());
}

enum exit_code foresee(struct context *context, const struct session *session,
		       const struct live *live, bool *ret_changes)
{
	bool changes = would_change_files(session), unloads = false;
	json_t *object = report_object(context->report);
	enum exit_code code = EXIT_DONE;

	if (live && !changes) {
		changes = would_change_values(context, live);
		if (live->unwanted)
			code = keep_off_would_unload(context, session, &unloads);
	}
	changes = changes || unloads;
	report_set_member(context->report, object, "would_change", json_boolean(changes));
	if (ret_changes)
		*ret_changes = changes;
	if (session_is_refused(context, session))
		foresee_refusal(context);
	else if (!json_object_get(object, "refused"))
		report_set_member(context->report, object, "refused", json_false());
	return code;
}
