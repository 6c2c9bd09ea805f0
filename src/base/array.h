/* Arrays that grow by one item at a time, at a cost that is linear in all. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

/*
 * Makes room for one more item behind the `count` items of `size` bytes each. array is the address
 * of the pointer to them, which is NULL if there are none yet. The room follows from the count (a
 * power of two, 4 at least), so that the owner keeps no figure of it; so the array must never be
 * grown in another way. -ENOMEM: the array is as it was.
 */
MUST_CHECK int array_grow(void *array, size_t count, size_t size);
