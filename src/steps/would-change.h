/* What a run would come to, in two words for the programs that plan by us. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

/*
 * Reports "would_change": whether the run would report that it changed something, as values that are out of reach here and
 * modules in use stay; and "refused", with a warning that says why. live is NULL where the running kernel is not looked at.
 * ret_changes: the former, for who has words for it; or NULL.
 */
enum exit_code would_change(struct context *context, const struct comparison *comparison,
			    const struct runtime *live, bool *ret_changes);

/*
 * Reports "would_exit" for a plan: the exit status of install, which is EXIT_DIFFERS if something remains that install
 * cannot settle. remains: the caller knows of such a thing. Call it last, because it looks whether the run is refused.
 */
enum exit_code would_exit(struct context *context, const struct comparison *comparison,
			  const struct runtime *live, bool remains);

/* Somebody else than comparison knows of a reason to refuse. */
void would_change_refusal(struct context *context);
