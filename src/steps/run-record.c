/* Writes and removes the records of this boot below /run, which nothing depends on. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/run-record.h"

#include <string.h>

/*
 * Removes temporary files of a run that was killed. Failures are ignored, because such files are
 * harmless.
 */
static void sweep(struct context *context, const char *path)
{
	(void)!tree_sweep(context->tree, &path, 1);
}

void run_record_write(struct context *context, const char *path, mode_t mode,
		      const struct buffer *b, size_t most)
{
	struct observed_file seen = {0};
	struct change_failure failure;

	sweep(context, path);
	if (!b->data || b->error < 0 || tree_look(context->tree, path, most, &seen) < 0)
		return;
	if (!seen.bytes || seen.size != b->length || memcmp(seen.bytes, b->data, b->length) != 0)
		(void)!tree_commit(context->tree,
				   &(struct file_change){.kind = CHANGE_WRITE,
							 .path = path,
							 .mode = mode,
							 .uid = (uid_t)-1,
							 .gid = (gid_t)-1,
							 .bytes = b->data,
							 .size = b->length,
							 .seen = &seen},
				   1, &failure);
	observed_file_clear(&seen);
}

void run_record_remove(struct context *context, const char *path)
{
	struct observed_file seen = {0};
	struct change_failure failure;

	sweep(context, path);
	if (tree_look(context->tree, path, FILE_SIZE_MAX, &seen) == 0 && seen.kind == FILE_REGULAR)
		(void)!tree_commit(
			context->tree,
			&(struct file_change){.kind = CHANGE_REMOVE, .path = path, .seen = &seen},
			1, &failure);
	observed_file_clear(&seen);
}
