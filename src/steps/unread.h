/* Reports what gathering could not read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

/*
 * Adds what was noted since the last call to "unread" of the JSON object and warns of it by name;
 * for sources that only root can read, prints a note. Call this after each look at foreign files or
 * lists, before the verdict.
 */
void report_unread_sources(struct context *context);

/*
 * Adds one source to "unread" of the JSON object. Returns the severity of its message: a warning,
 * or a note if only root can read it. The report copies the texts.
 */
enum severity note_unread_source(struct context *context, const char *name, const char *reason,
				 bool root_only);
