/* Numbers as glob patterns, for readers that match text and cannot compare. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

struct buffer;

/*
 * Patterns of fnmatch(3) with | between them, of which one matches each number from 0 to number - 1 as the kernel writes
 * it (decimal, no leading zero), and none a larger or a negative one; "" for 0. At most a few hundred bytes: udevd cuts what it
 * matches at 1024 up to systemd 242.
 */
void pattern_add_smaller(struct buffer *b, uint64_t number);
