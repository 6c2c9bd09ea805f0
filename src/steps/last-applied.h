/* What the last apply found or put in force, so that check can tell a value that was changed since from one never set. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

#define PATH_APPLIED "/run/conntrack-persist/applied"

/* Of this boot and this load of the module. */
struct last_applied {
	char *text; /* NULL: nothing is known */
};
void last_applied_done(struct last_applied *applied);

/* What cannot be kept is not worth a word: nothing depends on it. */
void last_applied_remember(struct context *context, const struct runtime *live);

/* Nothing was applied by anybody any more. */
void last_applied_forget(struct context *context);

void last_applied_read(const struct context *context, struct last_applied *ret);

/* When apply changed values last, microseconds since the epoch; 0: not known. */
uint64_t last_applied_when(const struct context *context);

/* Whether this value was in force then. */
bool last_applied_has(const struct last_applied *applied, const struct value *value);
