/* The sizes that max = auto was resolved to, and the settings and RAM they were resolved from. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>

/* Automatic sizes that an earlier run chose. */
struct kept_sizes {
	/* owned; the settings they follow from, as text; NULL: no sizes were resolved */
	char *inputs;
	uint64_t ram; /* bytes, rounded by sizes_round_ram() */
	uint64_t max;
	uint64_t hashsize;
};
