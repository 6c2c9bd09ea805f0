/*
 * Remembers the entries of the last looks, so that one look can foretell a full table, and a sample
 * of the entries, so that the next look knows how many came and went.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/table.h"
#include "steps/context.h"

#define PATH_LOOKS  "/run/conntrack-persist/looks"
#define PATH_SAMPLE "/run/conntrack-persist/sample"

/*
 * Reads the sample of the last look into table->sample, or makes an empty one, so that the look
 * which follows takes a sample. Returns -ENOMEM.
 */
MUST_CHECK int table_record_open(struct context *context, struct table *table);

/*
 * Reads the looks of the last hour, and sets full_in of the table by them and its own entries. As
 * root also writes both records again with this look, if their directory exists: no look makes a
 * directory. Only root can read the record of the sample, because an address could be guessed from
 * a hash of it. Failures are ignored, because a look does without a forecast.
 */
void table_record(struct context *context, struct table *table);
