/* Finds whatever else sets the plan's values: files of sysctl.d, modprobe.d, and of programs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/sources/writers.h"
#include "steps/comparison.h"

/*
 * Finds the sources, also below --root, and reports what could not be read. In mode disable there
 * are none. The caller owns *ret, which points into the comparison. Returns EXIT_FAILED after an
 * error, which has been reported.
 */
enum exit_code find_writers(struct context *context, const struct comparison *comparison,
			    struct host_writers *ret);

/*
 * Finds the lines of all sources that set anything, without our own files, as find_writers() does;
 * the values are those of values_of_schema().
 */
enum exit_code find_all_writers(struct context *context, const struct facts *facts,
				struct host_writers *ret);
