/*
 * Fuzz harness: any bytes as what the kernel says of its table; what is taken for an entry is
 * counted once in each way.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/table/counters.h"
#include "model/table/entries.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A round is too short to zero a megabyte: the ports alone are left as they were. */
static void check_entry(const struct entry *entry)
{
	static struct entry_counts counts;
	uint64_t in_time = 0, in_state = 0;

	memset(&counts, 0, offsetof(struct entry_counts, tcp));
	counts.idle_below = UINT32_MAX;
	entry_counts_add(&counts, entry);
	for (size_t i = 0; i < TIME_BANDS; i++)
		in_time += counts.by_time[i];
	for (size_t i = 0; i < TCP_STATES; i++)
		in_state += counts.by_state[i];
	if (counts.total != 1 || in_time + counts.offloaded != 1 ||
	    in_state != (entry->protocol == IPPROTO_TCP))
		abort();
	if (entry->offloaded && (entry->remaining > 0 || !entry->assured))
		abort();
}

static void check_counters(const struct counters *counters)
{
	for (size_t i = 0; i < COUNTERS; i++)
		if (!counters->known[i] && counters->value[i] > 0)
			abort();
}

static void check_text(const char *text)
{
	struct counters counters = {0};
	struct entry entry;

	if (counters_parse(text, &counters) == 0) {
		check_counters(&counters);
		if (!counters_are_known(&counters))
			abort();
	}
	if (entry_parse(text, &entry) == 0)
		check_entry(&entry);
}

static void check_message(const uint8_t *data, size_t size)
{
	struct counters counters = {0};
	struct entry entry;

	if (counters_add_message(data, size, &counters) == 0)
		check_counters(&counters);
	if (entry_read_message(data, size, &entry) == 0)
		check_entry(&entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_text(text);
	free(text);
	check_message(data, size);
	return 0;
}
