/* Reports what gathering could not read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

/*
 * Adds what was noted since the last call to "unread" of the JSON object, and warns of it by name; of what only root may read,
 * a note. Call it after each look at files or lists of others, before the verdict.
 */
void report_unread_sources(struct context *context);
