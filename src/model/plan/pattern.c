/* Writes numbers as glob patterns, for readers that match text and cannot compare. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan/pattern.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

static void add_any_digits(struct buffer *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buffer_add(b, "?");
}

/* Adds the pattern of all numbers with at least `count` digits. */
static void add_digits_or_more(struct buffer *b, size_t count)
{
	buffer_add(b, count > 1 ? "?" : "[1-9]");
	add_any_digits(b, count - 1);
	buffer_add(b, "*");
}

/*
 * Adds the pattern of numbers that have the same digits before one place, at least the lowest digit
 * at that place, and any digits behind it.
 */
static void add_larger_at(struct buffer *b, const char *digits, size_t place, char lowest)
{
	buffer_add(b, "|");
	buffer_add_bytes(b, digits, place);
	if (lowest == '9')
		buffer_add(b, "9");
	else
		buffer_printf(b, "[%c%s9]", lowest, lowest == '8' ? "" : "-");
	add_any_digits(b, strlen(digits) - place - 1);
}

void pattern_add_at_least(struct buffer *b, uint64_t number)
{
	char digits[24];
	size_t length, last;

	assert(number > 0);
	length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, number);
	last = length - 1;
	while (digits[last] == '0')
		last--;
	if (last == 0 && digits[0] == '1') {
		add_digits_or_more(b, length);
		return;
	}
	add_digits_or_more(b, length + 1);
	for (size_t i = 0; i < last; i++)
		if (digits[i] < '9')
			add_larger_at(b, digits, i, (char)(digits[i] + 1));
	/* Only zeros follow the last place, so that its own digit is large enough. */
	add_larger_at(b, digits, last, digits[last]);
}
