/* Chooses the sizes of a plan, from RAM or as configured, and checks memory and ratio. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/plan/plan.h"

/*
 * Chooses and checks the sizes. Refused sizes are added to problems as errors. The caller must free
 * ret->inputs. Returns -ENOMEM.
 */
MUST_CHECK int plan_resolve_sizes(const struct plan_request *request, struct problems *problems,
				  struct sizes *ret);

/*
 * Returns whether a boot must choose automatic sizes: none were resolved at installation, as with
 * --root, or the RAM has changed since. Returns false if the configuration has changed since,
 * because only install may act on that.
 */
bool plan_sizes_are_due(const struct sizes *sizes, const struct sizes *kept,
			const struct facts *facts);
