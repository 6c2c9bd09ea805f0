/* Arrays that grow by one item at a time. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_LEAST 4

int array_grow(void *array, size_t count, size_t size)
{
	size_t room = count ? count : ARRAY_LEAST / 2, bytes;
	void *items;

	if (count < ARRAY_LEAST ? count != 0 : (count & (count - 1)) != 0)
		return 0;
	if (__builtin_mul_overflow(room, 2 * size, &bytes) || bytes > PTRDIFF_MAX)
		return -ENOMEM;
	/* The pointer may be of any type, so its bytes are copied. */
	memcpy(&items, array, sizeof(items));
	items = realloc(items, bytes);
	if (!items)
		return -ENOMEM;
	memcpy(array, &items, sizeof(items));
	return 0;
}
