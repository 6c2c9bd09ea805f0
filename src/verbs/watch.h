/* The watch for drift: check, as the timer's service runs it, tells a verdict when it is another one than the last. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "verbs/live.h"
#include "verbs/session.h"

/* The service's runtime directory; what it keeps there lasts until the next boot. */
#define PATH_RUNTIME "/run/conntrack-persist"
#define PATH_VERDICT PATH_RUNTIME "/verdict"

/*
 * For the end of a check that found its way through (code EXIT_DONE or EXIT_DIFFERS): compares the verdict with the last
 * one, and keeps and logs another one, with the warnings that were held back. Returns code; EXIT_FAILED: the verdict
 * could not be kept.
 */
enum exit_code watch_tell(struct context *context, const struct session *session,
			  const struct live *live, enum exit_code code);
