/* Sets the values of other network namespaces of this host. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

/*
 * Sets the values in the namespace that --netns names, or in all but this process's own. The plan
 * must not be of mode disable. Returns EXIT_FAILED if a value could not be set; the error has been
 * reported.
 */
enum exit_code apply_namespaces(struct context *context, const struct comparison *comparison);

/*
 * Sets the values in all other network namespaces if the plan has namespaces = all, after those of
 * this process's own were set; `module` is the state of the loaded module. *ret_set: how many
 * values were set. In a container nothing is done, because its namespaces are the host's matter.
 * Returns EXIT_FAILED if a value could not be set; the error has been reported.
 */
enum exit_code apply_other_namespaces(struct context *context, const struct comparison *comparison,
				      enum module_state module, size_t *ret_set);
