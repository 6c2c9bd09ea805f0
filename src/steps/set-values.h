/* Sets the configured values in the running kernel. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

struct apply_result {
	size_t set;
	size_t failed;
	size_t out_of_reach; /* failed, as this process sees a container's part of the host only */
};

/*
 * Writes what differs, in order, and reads it back; reports each, those in order too. The module is there. Out of
 * reach counts as failed, or, lenient, as a warning.
 */
void apply_values(struct context *context, struct runtime *live, bool lenient,
		  struct apply_result *ret);

/* What is said, and the verb's end, where nf_conntrack is not there. */
enum exit_code apply_pending(struct context *context, const struct comparison *comparison,
			     const struct runtime *live);
