/* The other network namespaces of this host beside the own one: how many entries, and which settings are others. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/runtime/runtime-values.h"
#include "model/table/table.h"
#include "steps/context.h"

/*
 * Fills the three fields of namespaces. What the plan sets in each (values, which may have none) is compared with that, the
 * other keys of a namespace's own with those here. Without being root they are not known. EXIT_FAILED was reported.
 */
enum exit_code look_namespaces(struct context *context, const struct values *values,
			       struct table *ret);
