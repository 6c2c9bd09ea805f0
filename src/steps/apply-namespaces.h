/* Sets the values of other network namespaces of this host; for apply --netns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

/*
 * Sets the values in the namespace that --netns names, or in all but this process's own. The plan
 * must not be of mode disable. Returns EXIT_FAILED if a value could not be set; the error has been
 * reported.
 */
enum exit_code apply_namespaces(struct context *context, const struct comparison *comparison);
