/* One wished value of the running kernel: target, value, origin. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/schema.h"

struct setting {
	const struct schema_row *row;
	uint64_t wanted; /* the number as the kernel takes it */
	bool at_least;	 /* a larger one is as good, unless the kernel made it by itself */
	/* The configuration line that asked for it; NULL and 0: a default. Owned by the configuration. */
	const char *file;
	unsigned int line;
};

/* The sizes that the files carry; 0: not written. */
struct wished_sizes {
	uint64_t hashsize;	  /* buckets, as configured */
	uint64_t expect_hashsize; /* buckets */
	unsigned long page_size;  /* bytes, for the kernel's rounding; 0: unknown */
};
