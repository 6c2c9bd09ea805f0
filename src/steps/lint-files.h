/* Reports lines of other people's files that do not do what they say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/find-writers.h"

/*
 * Reports such lines as warnings, and hints with --verbose, whether the line overrides a value or
 * not. writers: the lines that find_writers() found. Returns EXIT_FAILED after an error, which has
 * been reported.
 */
enum exit_code lint_files(struct context *context, const struct facts *facts,
			  const struct host_writers *writers);
