/* Warns of timeouts that break what other programs of this host rely on. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/warn-relations.h"

#include <errno.h>

#include "gather/relations.h"
#include "steps/error-words.h"
#include "steps/unread.h"

enum exit_code warn_relations(struct context *context, const struct comparison *comparison,
			      bool all, struct relations *ret)
{
	struct problems CLEANUP(problems_done) problems = {0};
	const struct plan *plan = comparison ? &comparison->plan : NULL;
	int error = find_relations(&context->gathering, all ? NULL : plan, ret);

	if (error < 0) {
		report_errno(context, "find", "programs that depend on timeouts", error);
		return EXIT_FAILED;
	}
	report_unread_sources(context);
	if (plan)
		relations_judge(ret, plan, &problems);
	if (problems.out_of_memory)
		report_set_incomplete(context->report);
	report_problems(context->report, "", &problems);
	return EXIT_DONE;
}
