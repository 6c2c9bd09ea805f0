/* A text that grows: the only output of the renderers. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/buffer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void buffer_clear(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){0};
}

void buffer_reset(struct buffer *b)
{
	b->length = 0;
	if (b->data)
		b->data[0] = '\0';
}

static int buffer_reserve(struct buffer *b, size_t more)
{
	size_t size = b->size ? b->size : 256;
	char *data;

	if (b->error)
		return b->error;
	if (more >= SIZE_MAX / 2 - b->length)
		return b->error = -ENOMEM;
	while (size <= b->length + more)
		size *= 2;
	if (size == b->size)
		return 0;

	data = realloc(b->data, size);
	if (!data)
		return b->error = -ENOMEM;
	b->data = data;
	b->size = size;
	return 0;
}

void buffer_add_bytes(struct buffer *b, const void *bytes, size_t length)
{
	if (buffer_reserve(b, length) < 0)
		return;
	if (length > 0)
		memcpy(b->data + b->length, bytes, length);
	b->length += length;
	b->data[b->length] = '\0';
}

void buffer_add(struct buffer *b, const char *text)
{
	buffer_add_bytes(b, text, strlen(text));
}

void buffer_vprintf(struct buffer *b, const char *format, va_list args)
{
	va_list again;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0) {
		b->error = -ENOMEM;
		return;
	}
	if (buffer_reserve(b, (size_t)length) < 0)
		return;
	(void)vsnprintf(b->data + b->length, (size_t)length + 1, format, args);
	b->length += (size_t)length;
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buffer_vprintf(b, format, args);
	va_end(args);
}

void buffer_add_shown(struct buffer *b, const char *text, size_t length)
{
	bool is_utf8 = text_is_utf8(text, length);

	for (size_t i = 0, bytes; i < length; i += bytes) {
		bool harmless;

		bytes = text_next_character(text + i, length - i, is_utf8, &harmless);
		buffer_add_bytes(b, harmless ? text + i : "?", harmless ? bytes : 1);
	}
}

void buffer_add_amount(struct buffer *b, uint64_t bytes)
{
	buffer_add(b, text_amount(bytes).text);
}

void buffer_add_count(struct buffer *b, uint64_t count)
{
	buffer_add(b, text_count(count).text);
}

void buffer_add_number(struct buffer *b, const char *text)
{
	uint64_t number;

	if (text_parse_number(text, strlen(text), UINT64_MAX, &number) == 0)
		buffer_add_count(b, number);
	else
		buffer_add(b, text);
}

void buffer_add_counted(struct buffer *b, const char *before, uint64_t count, const char *after)
{
	buffer_add(b, before);
	buffer_add_count(b, count);
	buffer_add(b, after);
}

int buffer_steal(struct buffer *b, char **ret_text, size_t *ret_length)
{
	int error;

	buffer_add_bytes(b, "", 0);
	error = b->error;
	if (error < 0) {
		buffer_clear(b);
		return error;
	}
	*ret_text = b->data;
	if (ret_length)
		*ret_length = b->length;
	*b = (struct buffer){0};
	return 0;
}

char *text_format(const char *format, ...)
{
	struct buffer b = {0};
	char *text = NULL;
	va_list args;

	va_start(args, format);
	buffer_vprintf(&b, format, args);
	va_end(args);
	(void)!buffer_steal(&b, &text, NULL);
	return text;
}
