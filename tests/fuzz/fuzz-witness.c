/* Fuzz harness: any bytes as the map that the witness's program writes in the kernel. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "model/witness/witness-ring.h"
#include "model/witness/witness-text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Fills the slots: the input is the head, then records, each behind the number of its slot in two
 * bytes, because a whole map would be too long to find anything in.
 */
static void fill_slots(const uint8_t *data, size_t size, struct witness_record *slots)
{
	const size_t each = sizeof(uint16_t) + sizeof(*slots);
	size_t head = size < sizeof(struct witness_head) ? size : sizeof(struct witness_head);

	memcpy(slots, data, head);
	for (data += head, size -= head; size >= each; data += each, size -= each) {
		uint16_t slot;

		memcpy(&slot, data, sizeof(slot));
		memcpy(&slots[1 + slot % (WITNESS_MAP_SLOTS - 1)], data + sizeof(slot),
		       sizeof(*slots));
	}
}

static void check_text(const char *text, size_t size)
{
	const char *end = memchr(text, '\0', size);

	if (!end)
		abort();
	for (; text < end; text++)
		if (*text < ' ' || *text > '~')
			abort();
}

static void check_event(struct witness_event *event)
{
	const struct witness_times times = {.boot = 1U << 30, .epoch = 1767312000000000U};
	struct buffer CLEANUP(buffer_clear) words = {0};
	uint64_t number;

	check_text(event->group_name, sizeof(event->group_name));
	check_text(event->command, sizeof(event->command));
	check_text(event->key, sizeof(event->key));
	check_text(event->before, sizeof(event->before));
	check_text(event->after, sizeof(event->after));
	witness_set_place(event, 4026531840U);
	if (!witness_place_to_string(event->place))
		abort();
	(void)witness_find_number(event, &number);
	witness_add_writer(event, "", &words);
	witness_add_moment(&times, event->time, &words);
	if (words.error == 0)
		check_text(words.data, words.length + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct witness_record *CLEANUP(free_pointer)
		slots = calloc(WITNESS_MAP_SLOTS, sizeof(*slots));
	struct witness_ring CLEANUP(witness_ring_done) ring = {0};
	const struct witness_event *writer;

	if (!slots)
		return 0;
	if (size > 0)
		fill_slots(data, size, slots);
	if (witness_ring_parse(slots, &ring) < 0)
		return 0;
	if (ring.count > (size_t)2 * WITNESS_SLOTS || ring.lost + ring.count != ring.writes)
		abort();
	for (size_t i = 0; i < ring.count; i++) {
		check_event(&ring.events[i]);
		if (i > 0 && ring.events[i].time < ring.events[i - 1].time)
			abort();
	}
	writer = witness_find_writer(&ring, "net.netfilter.nf_conntrack_max", 262144);
	if (writer && writer->place != WITNESS_HERE)
		abort();
	return 0;
}
