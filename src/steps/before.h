/*
 * Handles the live values from before the first change: install records them, uninstall names them
 * or sets them again.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

/*
 * Adds the live value of each planned key that has no record yet to the manifest. If the installed
 * files are from a version that recorded nothing, records nothing, because the live values are then
 * those of that installation. -ENOMEM.
 */
MUST_CHECK int before_record(struct context *context, struct comparison *comparison);

/* Makes a comparison whose plan has the recorded values. The caller owns *ret. -ENOMEM. */
MUST_CHECK int before_plan(const struct context *context, const struct manifest *manifest,
			   struct comparison *ret);

/* Names the recorded values that differ from the live ones. */
void before_say(struct context *context, const struct comparison *before);

/*
 * Sets the recorded values; *ret_set says whether one was set. Returns EXIT_FAILED, reported, if a
 * value could not be set.
 */
enum exit_code before_set(struct context *context, const struct comparison *before, bool *ret_set);
