/*
 * Remembers the values that the last apply found or set, so that check can distinguish a changed
 * value from one never set.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/last-applied.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "steps/drift-timer.h"
#include "steps/foreign-writes.h"
#include "steps/lock.h"
#include "steps/run-record.h"
#include "steps/table-record.h"

void last_applied_done(struct last_applied *applied)
{
	free(applied->text);
	*applied = (struct last_applied){0};
}

/*
 * The directory of the module has a new inode number after each load, so that number identifies the
 * load.
 */
static void add_load(const struct context *context, struct buffer *b)
{
	struct observed_file module = {0};

	if (tree_look(context->tree, PATH_MODULE, 0, &module) < 0)
		return;
	buffer_printf(b, "load %" PRIu64 "\n", module.inode);
	observed_file_clear(&module);
}

static void add_value(struct buffer *b, const struct value *value)
{
	buffer_printf(b, "%s = %" PRIu64 "\n", value->key, value->wanted);
}

void last_applied_remember(struct context *context, const struct runtime *runtime)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct lock CLEANUP(lock_release) lock = {.fd = -1};

	if (!lock_try(context, PATH_RUNTIME, &lock))
		return;
	add_load(context, &b);
	for (size_t i = 0; i < runtime->values.count; i++)
		if (runtime->values.items[i].state == VALUE_OK)
			add_value(&b, &runtime->values.items[i]);
	run_record_write(context, PATH_APPLIED, ARTIFACT_MODE, &b, FILE_SIZE_MAX);
}

void last_applied_forget(struct context *context)
{
	struct lock CLEANUP(lock_release) lock = {.fd = -1};
	struct observed_file seen = {0};

	/* If the directory does not exist, do not make it only for a lock. */
	if (tree_look(context->tree, PATH_RUNTIME, 0, &seen) < 0 || seen.kind != FILE_DIRECTORY ||
	    !lock_try(context, PATH_RUNTIME, &lock))
		return;
	run_record_remove(context, PATH_APPLIED);
	run_record_remove(context, PATH_LOOKS);
	run_record_remove(context, PATH_FOREIGN);
	run_record_remove(context, PATH_SAMPLE);
	(void)!tree_remove_lock(context->tree, PATH_RUNTIME, lock.fd, true);
	(void)!tree_remove_directory(context->tree, PATH_RUNTIME);
}

void last_applied_read(const struct context *context, struct last_applied *ret)
{
	struct buffer CLEANUP(buffer_clear) load = {0};
	char *CLEANUP(free_pointer) text = NULL;
	size_t size;

	*ret = (struct last_applied){0};
	add_load(context, &load);
	if (!load.data || tree_read(context->tree, PATH_APPLIED, FILE_SIZE_MAX, &text, &size) < 0)
		return;
	/* A record of another load is ignored, because the values have changed since. */
	if (strncmp(text, load.data, load.length) == 0)
		ret->text = steal_pointer(&text);
}

uint64_t last_applied_when(const struct context *context)
{
	struct observed_file seen = {0};
	uint64_t when = 0;

	/*
	 * The time of the file is that of the last change, because apply rewrites the file only if
	 * a value changed.
	 */
	if (tree_look(context->tree, PATH_APPLIED, FILE_SIZE_MAX, &seen) == 0 &&
	    seen.kind == FILE_REGULAR && seen.changed_ns > 0)
		when = (uint64_t)seen.changed_ns / 1000;
	observed_file_clear(&seen);
	return when;
}

bool last_applied_has(const struct last_applied *applied, const struct value *value)
{
	struct buffer CLEANUP(buffer_clear) line = {0};

	buffer_add(&line, "\n");
	add_value(&line, value);
	return applied->text && line.data && strstr(applied->text, line.data);
}
