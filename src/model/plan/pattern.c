/* Numbers as glob patterns, for readers that match text and cannot compare. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan/pattern.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

static void add_any(struct buffer *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_add(b, "?");
}

/* The same digits up to one place, a smaller one there, and any behind it. */
static void add_smaller_at(struct buffer *b, const char *digits, size_t place)
{
	size_t length = strlen(digits);
	/* A number has no leading zero unless it is 0. */
	char lowest = place == 0 && length > 1 ? '1' : '0';
	char highest = (char)(digits[place] - 1);

	if (highest < lowest)
		return;
	buffer_add(b, b->length > 0 ? "|" : "");
	buffer_add_bytes(b, digits, place);
	if (lowest == highest)
		buffer_add_bytes(b, &lowest, 1);
	else
		buffer_printf(b, "[%c-%c]", lowest, highest);
	add_any(b, length - place - 1);
}

void pattern_add_smaller(struct buffer *b, uint64_t number)
{
	struct buffer CLEANUP(buffer_clear) patterns = {0};
	char digits[24];
	size_t length;

	length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, number);
	for (size_t i = 1; i < length; i++) {
		/* Not any character, as "-1" stands for no limit. */
		buffer_add(&patterns, i > 1 ? "|[1-9]" : "[0-9]");
		add_any(&patterns, i - 1);
	}
	for (size_t i = 0; i < length; i++)
		add_smaller_at(&patterns, digits, i);
	if (patterns.error < 0)
		b->error = patterns.error;
	buffer_add(b, patterns.data ? patterns.data : "");
}
