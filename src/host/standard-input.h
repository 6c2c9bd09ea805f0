/* Reads standard input. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

/*
 * Reads standard input to its end. The caller frees *ret. -EFBIG: there are more than `limit`
 * bytes; the rest was read and thrown away, because the writer may fail if nobody reads it.
 * -ENOMEM; or as read(2).
 */
MUST_CHECK int standard_input_read(size_t limit, char **ret, size_t *ret_size);
