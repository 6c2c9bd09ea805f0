/* Finds whatever uses conntrack on this host, and adds it to the JSON object. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/users.h"
#include "steps/context.h"

/*
 * Finds uses as gather_uses() does and reports what could not be read. The caller owns *ret.
 * Returns EXIT_FAILED after an error, which has been reported.
 */
enum exit_code find_uses(struct context *context, enum uses_scope scope, struct host_uses *ret);

/*
 * Finds nf_conntrack and the modules above it. The caller owns *ret. Returns EXIT_FAILED after an
 * error, which has been reported.
 */
enum exit_code find_modules(struct context *context, struct module_graph *ret);

/* Adds the lists "users" and "modules". */
void users_add_json(struct context *context, const struct host_uses *found);

/* Returns "likely" or "certain", a literal. */
const char *certainty_to_string(enum certainty certainty);
