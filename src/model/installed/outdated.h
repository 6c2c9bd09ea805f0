/* Finds out whether a file of an earlier version has the same effect as the plan's file. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/plan/plan.h"

/* A file with more assignments is not compared, and counts as not outdated. */
#define OUTDATED_ASSIGNMENTS_MAX 256

/*
 * Returns whether the bytes assign exactly the values that the planned file at this path assigns.
 * wanted NULL: whether they assign nothing. The file may set max even if the plan leaves it out of
 * sysctl.d because max is a floor.
 */
bool outdated_does_its_work(const struct plan *plan, const char *path,
			    const struct artifact *wanted, const char *bytes, size_t size);
