/* Counts who wrote other numbers than the configured ones, for status, its metrics and advise. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/foreign-writes.h"

#include <stdio.h>
#include <string.h>

#include "steps/drift-timer.h"
#include "steps/lock.h"
#include "steps/run-record.h"
#include "steps/witness.h"

/* The most bytes of the record: a line for each key, and three more. */
#define RECORD_SIZE_MAX 16384U

struct foreign_search {
	const struct witness_look *look;
	const struct values *values;
};

/* Returns the value of which the event is a foreign write on this host, or NULL. */
static const struct value *find_value(const struct foreign_search *search,
				      const struct witness_event *event)
{
	for (size_t i = 0; event->place != WITNESS_ELSEWHERE && i < search->values->count; i++)
		if (witness_is_foreign(search->look, &search->values->items[i], event))
			return &search->values->items[i];
	return NULL;
}

static const char *find_key(const struct witness_event *event, const void *data)
{
	const struct value *value = find_value(data, event);

	return value ? value->key : NULL;
}

/* Returns whether the live value is the one that this event wrote. */
static bool is_active(const struct value *value, const struct witness_event *event)
{
	uint64_t live, written;

	return value->state == VALUE_DIFFERS && value_find_number(value, &live) &&
	       witness_find_number(event, &written) && live == written;
}

/* Returns the last foreign write whose value is live, else the last one; NULL if there is none. */
static const struct witness_event *find_last(const struct foreign_search *search,
					     const struct value **ret_value)
{
	const struct witness_ring *ring = &search->look->ring;
	const struct witness_event *last = NULL;

	for (size_t i = ring->count; i-- > 0;) {
		const struct value *value = find_value(search, &ring->events[i]);
		bool active = value && is_active(value, &ring->events[i]);

		if (!value || (last && !active))
			continue;
		last = &ring->events[i];
		*ret_value = value;
		if (active)
			break;
	}
	return last;
}

static void describe_last(const struct foreign_search *search, struct last_write *ret)
{
	struct buffer CLEANUP(buffer_clear) writer = {0};
	const struct value *value = NULL;
	const struct witness_event *event = find_last(search, &value);

	if (!event)
		return;
	witness_describe_event(search->look, event, &writer);
	if (buffer_steal(&writer, &ret->writer, NULL) < 0)
		return;
	(void)snprintf(ret->key, sizeof(ret->key), "%s", value->key);
	memcpy(ret->value, event->after, sizeof(ret->value));
	memcpy(ret->command, event->command, sizeof(ret->command));
	ret->wanted = value->wanted;
	ret->when = witness_when(&search->look->times, event->time);
	ret->placed = event->place == WITNESS_HERE;
	ret->active = is_active(value, event);
}

/* Every configured key has a count, also 0, so that a metric shows its first write as a change. */
static void add_keys(const struct values *values, struct foreign_writes *writes)
{
	for (size_t i = 0; i < values->count; i++)
		if (values->items[i].kind == VALUE_SYSCTL)
			(void)foreign_writes_find(writes, values->items[i].key);
}

static void count_and_save(struct context *context, const struct foreign_search *search,
			   struct foreign_writes *writes)
{
	struct lock CLEANUP(lock_release) lock = {.fd = -1};
	struct buffer CLEANUP(buffer_clear) b = {0};
	char *CLEANUP(free_pointer) text = NULL;
	bool save = kernel_may_change(context->kernel) &&
		    tree_is_directory(context->tree, PATH_RUNTIME) &&
		    lock_try(context, PATH_RUNTIME, &lock);
	size_t size;

	/* Two looks at once must not count the same writes twice, so that the lock comes first. */
	if (tree_read(context->tree, PATH_FOREIGN, RECORD_SIZE_MAX, &text, &size) == 0)
		foreign_writes_parse(text, writes);
	add_keys(search->values, writes);
	foreign_writes_count(writes, &search->look->ring, find_key, search);
	foreign_writes_format(writes, &b);
	if (save)
		run_record_write(context, PATH_FOREIGN, ARTIFACT_MODE, &b, RECORD_SIZE_MAX);
}

void foreign_writes_look(struct context *context, const struct host_table *host,
			 struct table *table)
{
	struct witness_look CLEANUP(witness_look_done) look = {0};
	const struct foreign_search search = {.look = &look, .values = &host->live.values};

	if (!host->planned || witness_look_again(context, &host->comparison, &look) < 0)
		return;
	table->foreign = calloc(1, sizeof(*table->foreign));
	if (!table->foreign) {
		report_set_incomplete(context->report);
		return;
	}
	count_and_save(context, &search, table->foreign);
	describe_last(&search, &table->last_write);
}
