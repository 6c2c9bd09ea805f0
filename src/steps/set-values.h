/* Sets the configured values in the running kernel. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

struct apply_result {
	size_t set;
	size_t failed;
	/*
	 * number of failures because this process sees the host's values only from within a
	 * container
	 */
	size_t out_of_reach;
};

/*
 * Writes the values that differ, in an order in which the kernel accepts them, reads each back, and
 * reports all values. The module must be loaded. A value out of this process's reach counts as
 * failed or, if `lenient`, as a warning. The caller owns nothing in *ret.
 */
void apply_values(struct context *context, struct runtime *runtime, bool lenient,
		  struct apply_result *ret);

/* Reports that nf_conntrack is not loaded and returns the exit status of apply. */
enum exit_code apply_pending(struct context *context, const struct comparison *comparison,
			     const struct runtime *runtime);
