/* Remembers the entries of the last looks, so that one look can foretell a full table. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/table.h"
#include "steps/context.h"

#define PATH_LOOKS "/run/conntrack-persist/looks"

/*
 * Reads the looks of the last hour, and sets full_in of the table by them and its own entries. As
 * root also writes the record again with this look, if its directory exists: no look makes a
 * directory. Failures are ignored, because a look does without a forecast.
 */
void table_record(struct context *context, struct table *table);
