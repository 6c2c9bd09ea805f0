/* Remembers the entries of the last looks, so that one look can foretell a full table. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/table-record.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "steps/drift-timer.h"
#include "steps/lock.h"
#include "steps/run-record.h"

/* The most bytes of a record: 60 lines of two numbers. */
#define RECORD_SIZE_MAX 4096U

static void write_record(struct context *context, const struct forecast_look *looks, size_t count)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct lock CLEANUP(lock_release) lock = {.fd = -1};

	if (!kernel_may_change(context->kernel) ||
	    !tree_is_directory(context->tree, PATH_RUNTIME) ||
	    !lock_try(context, PATH_RUNTIME, &lock))
		return;
	for (size_t i = 0; i < count; i++)
		buffer_printf(&b, "%" PRIu64 " %" PRIu64 "\n", looks[i].when, looks[i].entries);
	run_record_write(context, PATH_LOOKS, &b, RECORD_SIZE_MAX);
}

void table_record(struct context *context, struct table *table)
{
	struct forecast_look looks[FORECAST_LOOKS_MAX];
	char *CLEANUP(free_pointer) text = NULL;
	size_t size, count = 0;

	if (!table->entries.known || !table->max.known)
		return;
	if (tree_read(context->tree, PATH_LOOKS, RECORD_SIZE_MAX, &text, &size) == 0)
		count = forecast_parse(text, table->now, looks);
	looks[count++] = (struct forecast_look){table->now, table->entries.value};
	table->full_in = forecast_seconds(looks, count, table->max.value);
	write_record(context, looks, count);
}
