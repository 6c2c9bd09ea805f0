/*
 * Computes the JSON fields would_change, refused and would_exit, for dry runs of Ansible and
 * Puppet.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

/*
 * Sets "would_change", which is whether the run would report a change; values out of reach and
 * modules in use do not count. Also sets "refused", with a warning that gives the reason. runtime:
 * NULL if the run does not look at the running kernel. ret_changes: gets would_change, or is NULL.
 */
enum exit_code would_change(struct context *context, const struct comparison *comparison,
			    const struct runtime *runtime, bool *ret_changes);

/*
 * Sets "would_exit" for a plan: the exit status of install, which is EXIT_DIFFERS if something
 * remains that install cannot correct. remains: the caller knows of such a thing. Call this last,
 * because it checks whether the run is refused.
 */
enum exit_code would_exit(struct context *context, const struct comparison *comparison,
			  const struct runtime *runtime, bool remains);

/* Sets "refused" for a reason that the comparison does not know. */
void would_change_refusal(struct context *context);
