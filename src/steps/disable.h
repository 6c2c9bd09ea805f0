/* Mode disable on a host: who is in the way, what else has to be done, and the module's removal. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

enum disable_run {
	KEEP_OFF_INSTALL,
	KEEP_OFF_PLAN,
	KEEP_OFF_CHECK,
};

/*
 * Names who uses conntrack now or needs it at the next boot. If the files are not in force yet, install gets EXIT_REFUSED
 * without --force while such a use is certain or something could not be read, and plan a warning. *ret_breaks: something
 * fails at the next boot for certain, so that the verdict cannot be "in order". Does nothing in mode tune.
 */
enum exit_code disable_look(struct context *context, const struct comparison *comparison,
			    enum disable_run run, bool *ret_breaks);

/* After the files: removes the module if that is wished and nobody uses it; what stays is told. Counts what it removed. */
enum exit_code disable_unload(struct context *context, const struct comparison *comparison,
			      size_t *ret_removed);

/* Whether it would remove the module: what is loaded is not in use, and may be taken out. */
enum exit_code disable_would_unload(struct context *context, const struct comparison *comparison,
				    bool *ret);

/* Prints what no file of modprobe.d can do. */
void disable_say_limits(struct context *context, const struct comparison *comparison);
