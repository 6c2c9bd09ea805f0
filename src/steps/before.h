/* The live values from before the first change: install records them, uninstall names them or sets them again. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

/*
 * Adds to the manifest the live value of each planned key that has no record yet. A host whose files are of a run that
 * recorded nothing stays without a record, because its live values are ours by now. -ENOMEM.
 */
MUST_CHECK int before_record(struct context *context, struct comparison *comparison);

/* Makes a comparison whose plan is the recorded values. -ENOMEM. */
MUST_CHECK int before_plan(const struct context *context, const struct manifest *manifest,
			   struct comparison *ret);

/* Names the recorded values that are not the live ones. */
void before_say(struct context *context, const struct comparison *before);

/* Sets them. EXIT_FAILED, reported: a value could not be set. */
enum exit_code before_set(struct context *context, const struct comparison *before, bool *ret_set);
