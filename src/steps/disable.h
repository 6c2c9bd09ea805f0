/*
 * Handles mode disable on a host: reports what uses conntrack and what else must be done, and
 * removes the module.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"

enum disable_run {
	DISABLE_IN_INSTALL,
	DISABLE_IN_PLAN,
	DISABLE_IN_CHECK,
};

/*
 * Names what uses conntrack now or needs it at the next boot. If the files are not installed yet
 * and such a use is certain, or something could not be read, install gets EXIT_REFUSED unless
 * --force is given, and plan a warning. *ret_breaks: something will certainly fail at the next
 * boot, so that the verdict cannot be "in order". Does nothing in mode tune.
 */
enum exit_code disable_look(struct context *context, const struct comparison *comparison,
			    enum disable_run run, bool *ret_breaks);

/*
 * Removes the module after the files were written, if the configuration wants that and nothing uses
 * the module; reports the modules that stay. *ret_removed counts the modules that were removed.
 */
enum exit_code disable_unload(struct context *context, const struct comparison *comparison,
			      size_t *ret_removed);

/*
 * Finds out whether disable_unload() would remove the module: it is loaded, not in use, and may be
 * removed.
 */
enum exit_code disable_would_unload(struct context *context, const struct comparison *comparison,
				    bool *ret);

/* Prints what files of modprobe.d cannot block. */
void disable_say_limits(struct context *context, const struct comparison *comparison);
