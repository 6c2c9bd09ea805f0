/* The table as a JSON object. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <jansson.h>

#include "model/table.h"

/* A new reference; NULL: no memory. What is not known is null. */
json_t *status_json(const struct table *table, const struct judgement *judgement);
