/* Attributes for variables and prototypes: cleanup, must-check, printf, array size. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))
#define MUST_CHECK	  __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Frees the memory when the variable goes out of scope: `char *CLEANUP(free_pointer) text`. */
static inline void free_pointer(void *pointer)
{
	free(*(void **)pointer);
}

/*
 * Closes the descriptor when the variable goes out of scope: `int CLEANUP(close_descriptor) fd =
 * -1`.
 */
static inline void close_descriptor(const int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

/*
 * Returns the content of *pointer and sets *pointer to NULL, so that the caller owns the content.
 */
static inline void *steal_pointer(void *pointer)
{
	void **slot = pointer;
	void *held = *slot;

	*slot = NULL;
	return held;
}

/* Frees a text that its owner declares const so that nobody else changes it. */
static inline void free_const(const void *text)
{
	union {
		const void *held;
		void *owned;
	} pointer = {.held = text};

	free(pointer.owned);
}
