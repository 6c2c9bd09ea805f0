/* Finds whatever uses conntrack on this host, and reports what could not be read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/find-uses.h"

#include <errno.h>

#include "steps/error-words.h"
#include "steps/unread.h"

static enum exit_code fail_to_read(struct context *context, const char *what, int error)
{
	if (error == -EBADMSG || error == -ELOOP)
		report_message(
			context->report, SEVERITY_ERROR,
			"/proc/modules is not what Linux writes there: no module can be told "
			"from another");
	else
		report_errno(context, "read", what, error);
	return EXIT_FAILED;
}

enum exit_code find_modules(struct context *context, struct module_graph *ret)
{
	int error = gather_modules(&context->gathering, ret);

	return error < 0 ? fail_to_read(context, "/proc/modules", error) : EXIT_DONE;
}

enum exit_code find_uses(struct context *context, enum uses_scope scope, struct host_uses *ret)
{
	const char *what;
	int error = gather_uses(&context->gathering, scope, ret, &what);

	report_unread_sources(context);
	return error < 0 ? fail_to_read(context, what, error) : EXIT_DONE;
}
