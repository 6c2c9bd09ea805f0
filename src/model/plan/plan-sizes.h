/* The plan's sizes: resolved from RAM or taken as configured, and judged against memory and ratio. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/plan/plan.h"

/* What is refused goes to problems as errors. ret->inputs is owned by the caller. -ENOMEM. */
MUST_CHECK int plan_resolve_sizes(const struct plan_request *request, struct problems *problems,
				  struct plan_sizes *ret);

/*
 * Whether a boot has automatic sizes to choose: none were ever resolved, as below --root, or the RAM is another than it was.
 * Not where the configuration has changed since: that is for install.
 */
bool plan_sizes_are_due(const struct plan_sizes *sizes, const struct kept_sizes *kept,
			const struct facts *facts);
