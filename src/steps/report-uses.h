/* Adds what uses conntrack to the JSON object. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/users.h"
#include "steps/context.h"

/* Adds the lists "users" and "modules". */
void users_add_json(struct context *context, const struct host_uses *found);

/* Returns "likely" or "certain", a literal. */
const char *certainty_to_string(enum certainty certainty);
