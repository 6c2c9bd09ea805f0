/* Growing text: the renderers' only output. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * Start with `struct buffer b = {0}`. `data` ends in a NUL that `length` does not count, or is NULL while nothing
 * was added. A failed allocation is remembered: later additions do nothing and buffer_steal() reports it, so that
 * a renderer need not check each line.
 */
struct buffer {
	char *data;
	size_t length;
	size_t size;
	int error;
};

void buffer_clear(struct buffer *b);
/* Removes the text and keeps its memory for the next one. */
void buffer_reset(struct buffer *b);
void buffer_add(struct buffer *b, const char *text);
void buffer_add_bytes(struct buffer *b, const void *bytes, size_t length);
void buffer_printf(struct buffer *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_vprintf(struct buffer *b, const char *format, va_list args) PRINTF_LIKE(2, 0);

/*
 * Adds a text of foreign origin as one line of UTF-8 that can be printed: each character that is not harmless
 * (text_next_character()) becomes "?", line feeds included. Tabs stay.
 */
void buffer_add_shown(struct buffer *b, const char *text, size_t length);

/* An amount of memory for people: "512 B", "64 KiB", "1.5 GiB"; at most one digit after the point, rounded down. */
void buffer_add_amount(struct buffer *b, uint64_t bytes);

/* A number for people, as text_count() makes it. */
void buffer_add_count(struct buffer *b, uint64_t count);
/* The same of a text such as a live value; one that is no plain number is added as it is. */
void buffer_add_number(struct buffer *b, const char *text);
void buffer_add_counted(struct buffer *b, const char *before, uint64_t count, const char *after);

/* Moves the text out; *ret_text is never NULL on success. Returns -ENOMEM when an addition had failed. */
MUST_CHECK int buffer_steal(struct buffer *b, char **ret_text, size_t *ret_length);
