/*
 * Looks into the other network namespaces of this host: how many entries, and which settings
 * differ.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/owners.h"
#include "model/runtime/runtime-values.h"
#include "model/table/table.h"
#include "steps/context.h"

/*
 * Fills the three members of *ret about namespaces. Keys that the plan sets in each namespace are
 * compared with `values` (which may be empty), the namespace's other keys with the host's live
 * values. The owner of each namespace and its addresses are noted in `search`. Only root gets this
 * information. Returns EXIT_FAILED after an error, which has been
 * reported.
 */
enum exit_code look_namespaces(struct context *context, const struct values *values,
			       struct owner_search *search, struct table *ret);
