/* Arrays that grow by one item at a time. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_LEAST 4

int array_grow(void *array, size_t count, size_t size)
{
	void *items;

	if (count < ARRAY_LEAST ? count != 0 : (count & (count - 1)) != 0)
		return 0;
	/* The pointer may be of any type, so its bytes are copied. */
	memcpy(&items, array, sizeof(items));
	items = reallocarray(items, count ? count : ARRAY_LEAST / 2, 2 * size);
	if (!items)
		return -ENOMEM;
	memcpy(array, &items, sizeof(items));
	return 0;
}
