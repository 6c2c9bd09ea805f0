/* The sizes that max = auto was resolved to, and what they were resolved from. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

/* The automatic sizes as they were resolved, and from what. */
struct kept_sizes {
	char *inputs; /* the settings they follow from, as text; NULL: none were resolved */
	uint64_t ram; /* bytes, rounded as for the resolution */
	uint64_t max;
	uint64_t hashsize;
};
