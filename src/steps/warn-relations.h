/* Warns of timeouts that break what other programs of this host rely on. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/relations.h"
#include "steps/comparison.h"

/*
 * Finds the relations of the plan's timeouts, or of all timeouts, and warns of those that the plan
 * breaks; comparison: NULL if there is no plan. The caller owns *ret. Returns EXIT_FAILED after an
 * error, which has been reported.
 */
enum exit_code warn_relations(struct context *context, const struct comparison *comparison,
			      bool all, struct relations *ret);
