/* What the verb users and mode = disable tell alike. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/users.h"

/* The lists "users" and "modules" of the JSON object. */
void users_add_json(struct context *context, const struct host_uses *found);
