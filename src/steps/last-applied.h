/*
 * Remembers the values that the last apply found or set, so that check can distinguish a changed
 * value from one never set.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/runtime.h"

#define PATH_APPLIED "/run/conntrack-persist/applied"

/* The values of this boot and of this load of the module. */
struct last_applied {
	char *text; /* NULL: nothing is known */
};
void last_applied_done(struct last_applied *applied);

/* Saves the values. Failures are not reported, because nothing depends on the record. */
void last_applied_remember(struct context *context, const struct runtime *runtime);

/* Removes the record, because after uninstall no value is one that apply set. */
void last_applied_forget(struct context *context);

void last_applied_read(const struct context *context, struct last_applied *ret);

/* Returns when apply last changed a value, in microseconds since the epoch; 0: unknown. */
uint64_t last_applied_when(const struct context *context);

/* Returns whether this value was live after the last apply. */
bool last_applied_has(const struct last_applied *applied, const struct value *value);
