/* Reports what gathering could not read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/unread.h"

#include "base/buffer.h"
#include "steps/error-words.h"

enum severity note_unread_source(struct context *context, const char *name, const char *reason,
				 bool root_only)
{
	if (root_only)
		(void)report_unread_without_root(context->report, name, reason);
	else
		(void)report_unread(context->report, name, reason);
	return root_only ? SEVERITY_NOTE : SEVERITY_WARNING;
}

static void report_source(struct context *context, const struct unread_source *source)
{
	struct buffer CLEANUP(buffer_clear) words = {0};
	const char *reason = source->reason;
	enum severity severity;

	if (!reason) {
		error_add_words(context, source->name, source->error, &words);
		reason = words.data ? words.data : "out of memory";
	}
	severity = note_unread_source(context, source->name, reason, source->root_only);
	report_message(context->report, severity,
		       source->kind == UNREAD_FILE ? "cannot read %s: %s"
						   : "%s could not be read: %s",
		       source->name, reason);
}

void report_unread_sources(struct context *context)
{
	struct unread *unread = context->gathering.unread;

	for (; unread->reported < unread->count; unread->reported++)
		report_source(context, &unread->items[unread->reported]);
	if (unread->out_of_memory)
		report_set_incomplete(context->report);
}
