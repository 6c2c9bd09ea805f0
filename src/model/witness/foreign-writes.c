/* Counts the foreign writes since boot by key, from what the witness recorded between two looks. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/witness/foreign-writes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct foreign_key *foreign_writes_find(struct foreign_writes *writes, const char *key)
{
	struct foreign_key *item;

	for (size_t i = 0; i < writes->key_count; i++)
		if (strcmp(writes->keys[i].key, key) == 0)
			return &writes->keys[i];
	if (writes->key_count == FOREIGN_KEYS_MAX || strlen(key) >= sizeof(item->key))
		return NULL;
	item = &writes->keys[writes->key_count++];
	*item = (struct foreign_key){.count = 0};
	(void)snprintf(item->key, sizeof(item->key), "%s", key);
	return item;
}

static bool is_number(const char *text, uint64_t *ret)
{
	return text && text_parse_number(text, strlen(text), UINT64_MAX, ret) == 0;
}

/* Keeps what could break the record or a metric out of the counts. */
static bool is_key(const char *text)
{
	return text[0] && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._")] == '\0';
}

/* Parses a line of a name and one or two words, which are separated by blanks. */
static void parse_line(char *line, struct foreign_writes *writes)
{
	char *rest = NULL;
	const char *name = strtok_r(line, " ", &rest);
	const char *first = name ? strtok_r(NULL, " ", &rest) : NULL;
	const char *second = first ? strtok_r(NULL, " ", &rest) : NULL;
	uint64_t numbers[2];

	if (!first)
		return;
	if (strcmp(name, "key") == 0 && is_key(first) && is_number(second, &numbers[0])) {
		struct foreign_key *item = foreign_writes_find(writes, first);

		if (item)
			item->count = numbers[0];
		return;
	}
	if (!is_number(first, &numbers[0]))
		return;
	if (strcmp(name, "loaded") == 0)
		writes->loaded = numbers[0];
	else if (strcmp(name, "lost") == 0)
		writes->lost = numbers[0];
	else if (strcmp(name, "seen") == 0 && is_number(second, &numbers[1]))
		memcpy(writes->seen, numbers, sizeof(writes->seen));
}

void foreign_writes_parse(char *text, struct foreign_writes *ret)
{
	char *rest = NULL;

	*ret = (struct foreign_writes){0};
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		parse_line(line, ret);
}

void foreign_writes_format(const struct foreign_writes *writes, struct buffer *b)
{
	buffer_printf(b, "loaded %" PRIu64 "\n", writes->loaded);
	buffer_printf(b, "seen %" PRIu64 " %" PRIu64 "\n", writes->seen[0], writes->seen[1]);
	buffer_printf(b, "lost %" PRIu64 "\n", writes->lost);
	for (size_t i = 0; i < writes->key_count; i++)
		buffer_printf(b, "key %s %" PRIu64 "\n", writes->keys[i].key,
			      writes->keys[i].count);
}

/* Counts the new writes of one ring; returns how many of them have a record. */
static uint64_t
count_ring(struct foreign_writes *writes, const struct witness_ring *ring, unsigned int which,
	   const char *(*find_key)(const struct witness_event *event, const void *data),
	   const void *data)
{
	uint64_t found = 0;

	for (size_t i = 0; i < ring->count; i++) {
		const struct witness_event *event = &ring->events[i];
		struct foreign_key *item;
		const char *key;

		if (event->ring != which || event->sequence <= writes->seen[which])
			continue;
		found++;
		key = find_key(event, data);
		item = key ? foreign_writes_find(writes, key) : NULL;
		if (item)
			item->count++;
	}
	return found;
}

void foreign_writes_count(struct foreign_writes *writes, const struct witness_ring *ring,
			  const char *(*find_key)(const struct witness_event *event,
						  const void *data),
			  const void *data)
{
	if (writes->loaded != ring->loaded)
		memset(writes->seen, 0, sizeof(writes->seen));
	writes->loaded = ring->loaded;
	for (unsigned int i = 0; i < WITNESS_RINGS; i++) {
		uint64_t found = count_ring(writes, ring, i, find_key, data);
		uint64_t made = ring->made[i];

		if (made > writes->seen[i])
			writes->lost += made - writes->seen[i] - found;
		writes->seen[i] = made;
	}
}

uint64_t foreign_writes_total(const struct foreign_writes *writes)
{
	uint64_t total = 0;

	for (size_t i = 0; i < writes->key_count; i++)
		total += writes->keys[i].count;
	return total;
}
