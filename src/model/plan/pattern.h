/* Numbers as glob patterns, for readers that match text and cannot compare. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

struct buffer;

/*
 * Adds short patterns of fnmatch(3) with | between them, of which one matches each number from number (at least 1) on as the
 * kernel writes it (decimal, no leading zero), and none a smaller one. A text that is no number matches or not. At most 200
 * bytes for 10 digits, because udevd cuts what it matches at 1024 up to systemd 242.
 */
void pattern_add_at_least(struct buffer *b, uint64_t number);
