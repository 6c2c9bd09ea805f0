/*
 * Remembers the entries of the last looks, so that one look can foretell a full table, and a sample
 * of the entries, so that the next look knows how many came and went.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/table-record.h"

#include <errno.h>
#include <inttypes.h>

#include "base/buffer.h"
#include "base/text.h"
#include "steps/drift-timer.h"
#include "steps/lock.h"
#include "steps/run-record.h"

/* The most bytes of a record: 60 lines of two numbers. */
#define RECORD_SIZE_MAX 4096U

#define SAMPLE_MODE 0600U
/* The kernel makes another one at each boot. */
#define PATH_BOOT_ID "/proc/sys/kernel/random/boot_id"

/* Reads the ID of this boot; "none" if it cannot be read, as in some sandboxes. */
static void read_boot(const struct context *context, char *boot, size_t size)
{
	if (kernel_read(context->kernel, PATH_BOOT_ID, boot, size) < 0 || !text_is_safe_word(boot))
		(void)snprintf(boot, size, "none");
}

int table_record_open(struct context *context, struct table *table)
{
	char *CLEANUP(free_pointer) text = NULL;
	char boot[64];
	size_t size;

	read_boot(context, boot, sizeof(boot));
	if (tree_read(context->tree, PATH_SAMPLE, SAMPLE_RECORD_SIZE, &text, &size) == 0 &&
	    sample_parse(text, boot, &table->sample) == 0)
		return 0;
	return sample_new(kernel_random(context->kernel), &table->sample);
}

static void write_looks(struct context *context, const struct forecast_look *looks, size_t count)
{
	struct buffer CLEANUP(buffer_clear) b = {0};

	for (size_t i = 0; i < count; i++)
		buffer_printf(&b, "%" PRIu64 " %" PRIu64 "\n", looks[i].when, looks[i].entries);
	run_record_write(context, PATH_LOOKS, ARTIFACT_MODE, &b, RECORD_SIZE_MAX);
}

static void write_sample(struct context *context, const struct sample *sample)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	char boot[64];

	read_boot(context, boot, sizeof(boot));
	sample_print(sample, boot, &b);
	run_record_write(context, PATH_SAMPLE, SAMPLE_MODE, &b, SAMPLE_RECORD_SIZE);
}

static void write_records(struct context *context, const struct forecast_look *looks, size_t count,
			  const struct sample *sample)
{
	struct lock CLEANUP(lock_release) lock = {.fd = -1};

	if (!kernel_may_change(context->kernel) ||
	    !tree_is_directory(context->tree, PATH_RUNTIME) ||
	    !lock_try(context, PATH_RUNTIME, &lock))
		return;
	write_looks(context, looks, count);
	if (sample && sample->when > 0)
		write_sample(context, sample);
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
	write_records(context, looks, count, table->sample);
}
