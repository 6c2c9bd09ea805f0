/* Writes and removes the records of this boot below /run, which nothing depends on. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "steps/context.h"

/*
 * The caller holds the lock of the record's directory. Both also remove the temporary files that a
 * killed run left beside the record. Failures are ignored.
 */

/*
 * Replaces the record, unless it has these bytes already. mode: the permissions of a new record. A
 * record of more than `most` bytes stays.
 */
void run_record_write(struct context *context, const char *path, mode_t mode,
		      const struct buffer *b, size_t most);

/* Removes the record, if it is a regular file. */
void run_record_remove(struct context *context, const char *path);
