/* Whether a file of an earlier version still does what the plan's own file would do. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/plan/plan.h"

/* A file with more assignments than this is not compared, and so not outdated. */
#define OUTDATED_ASSIGNMENTS_MAX 256

/*
 * Whether the bytes assign each value that the planned file at this path assigns, and no other. wanted NULL: whether they
 * assign nothing. The file may hold max as a number where the plan leaves it out of sysctl.d as a floor.
 */
bool outdated_does_its_work(const struct plan *plan, const char *path,
			    const struct artifact *wanted, const char *bytes, size_t size);
