/* Mode disable on a host: who is in the way, what else has to be done, and the module's removal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "verbs/session.h"

/*
 * What install is to look at before it writes; EXIT_REFUSED while somebody certain uses conntrack, without --force.
 * planning: the same for plan, told as warnings.
 */
enum exit_code keep_off_look(struct context *context, const struct session *session, bool planning);

/* After the files: removes the module if that is wished and nobody uses it; what stays is told. Counts what it removed. */
enum exit_code keep_off_unload(struct context *context, const struct session *session,
			       size_t *ret_removed);

/* Whether it would remove the module: what is loaded is not in use, and may be taken out. */
enum exit_code keep_off_would_unload(struct context *context, const struct session *session,
				     bool *ret);

/* Prints what no file of modprobe.d can do. */
void keep_off_say_limits(struct context *context, const struct session *session);
