/* The plan's sizes: resolved from RAM or taken as configured, and judged against memory and ratio. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/plan.h"

/* What is refused goes to problems as errors. ret->inputs is owned by the caller. -ENOMEM. */
MUST_CHECK int plan_resolve_sizes(const struct plan_request *request, struct problems *problems,
				  struct plan_sizes *ret);
