/* A text that grows: the only output of the renderers. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * Start with `struct buffer b = {0}`, and release the buffer with buffer_clear(). `data` ends in a
 * NUL that `length` does not count; it is NULL until something is added. The buffer remembers a
 * failed allocation in `error` (-ENOMEM): later additions do nothing and buffer_steal() returns it,
 * so that a renderer need not check each line.
 */
struct buffer {
	char *data;
	size_t length;
	size_t size;
	int error;
};

void buffer_clear(struct buffer *b);
/* Removes the text and keeps the memory for the next one. */
void buffer_reset(struct buffer *b);
void buffer_add(struct buffer *b, const char *text);
void buffer_add_bytes(struct buffer *b, const void *bytes, size_t length);
void buffer_printf(struct buffer *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_vprintf(struct buffer *b, const char *format, va_list args) PRINTF_LIKE(2, 0);

/*
 * Adds foreign text as one printable line of UTF-8. Each character that is not harmless (see
 * text_next_character()) becomes "?", line feeds included; tabs stay.
 */
void buffer_add_shown(struct buffer *b, const char *text, size_t length);

/* Adds an amount of memory as text_amount() writes it. */
void buffer_add_amount(struct buffer *b, uint64_t bytes);

/* Adds a number for people, with thousands separators as in text_count(). */
void buffer_add_count(struct buffer *b, uint64_t count);
/*
 * Adds a text such as a live value: a plain decimal number as buffer_add_count() would, any other
 * text unchanged.
 */
void buffer_add_number(struct buffer *b, const char *text);
void buffer_add_counted(struct buffer *b, const char *before, uint64_t count, const char *after);

/*
 * Moves the text out of the buffer to the caller, who must free() it; *ret_text is never NULL on
 * success. ret_length may be NULL. Returns -ENOMEM, and empties the buffer, if an earlier addition
 * failed.
 */
MUST_CHECK int buffer_steal(struct buffer *b, char **ret_text, size_t *ret_length);

/* Returns a formatted text, which the caller frees; NULL: out of memory. */
char *text_format(const char *format, ...) PRINTF_LIKE(1, 2);
