/* Puts what uses conntrack into the JSON object. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/users.h"
#include "steps/context.h"

/* The lists "users" and "modules" of the JSON object. */
void users_add_json(struct context *context, const struct host_uses *found);

/* "likely" or "certain". */
const char *certainty_to_string(enum certainty certainty);
