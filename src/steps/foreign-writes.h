/* Counts who wrote other numbers than the configured ones, for status, its metrics and advise. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/comparison.h"
#include "steps/look-table.h"

/* The counts since boot. */
#define PATH_FOREIGN "/run/conntrack-persist/foreign-writes"

/*
 * Sets table->foreign by the witness's records and what earlier looks have counted, if witness =
 * yes is configured and the records can be read. As root also writes the counts again, if their
 * directory exists. Failures are ignored, because a look does without.
 */
void foreign_writes_look(struct context *context, const struct host_table *host,
			 struct table *table);
