/* Reports lines of other people's files that do not do what they say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/find-writers.h"

/*
 * Warnings; hints with --verbose. A line that was told of before is left out, and so is one of the writers: what is to be
 * said of it is said there. EXIT_FAILED was reported.
 */
enum exit_code lint_files(struct context *context, const struct comparison *comparison,
			  const struct host_writers *writers);
