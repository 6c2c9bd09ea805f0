/* A host for which nothing is configured, and on which no file of ours lies: what to say instead of a plan. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "verbs/session.h"

/* Whether the configuration has no setting that yields a file or a value. */
bool plan_is_unconfigured(const struct plan *plan);

/* Whether there is no file of ours either, which install would have to remove. */
bool session_is_unconfigured(const struct session *session);

/* Prints where to begin. Returns EXIT_DONE. */
enum exit_code say_unconfigured(struct context *context);
