/* Writes numbers as glob patterns, for readers that match text and cannot compare. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

struct buffer;

/*
 * Adds patterns of fnmatch(3), separated by |. Together they match every number from `number` (at
 * least 1) up as the kernel writes it (decimal, no leading zero), and no smaller number. Other
 * texts may or may not match. The result has at most 200 bytes for 10 digits, because udevd up to
 * systemd 242 cuts patterns at 1024 bytes.
 */
void pattern_add_at_least(struct buffer *b, uint64_t number);
