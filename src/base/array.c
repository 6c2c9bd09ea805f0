/* Arrays that grow by one item at a time. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define ARRAY_LEAST 4

int array_grow(void *array, size_t count, size_t size)
{
	size_t room = count ? count : ARRAY_LEAST / 2, bytes;
	void **slot = array, *grown;

	if (count < ARRAY_LEAST ? count != 0 : (count & (count - 1)) != 0)
		return 0;
	if (__builtin_mul_overflow(room, 2 * size, &bytes) || bytes > PTRDIFF_MAX)
		return -ENOMEM;
	grown = realloc(*slot, bytes);
	if (!grown)
		return -ENOMEM;
	*slot = grown;
	return 0;
}
