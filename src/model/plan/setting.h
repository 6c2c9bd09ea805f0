/* One wished value of the running kernel: target, value, origin. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/config/schema.h"

/* Below so many entries a resize stops traffic for 6 ms at most (10,000 entries on Linux 6.18: 4 to 6 ms). */
#define RESIZE_ENTRIES 10000U

/* The line of the configuration that a value comes from. The file is the configuration's; NULL and 0: a default. */
struct setting_source {
	const char *file;
	unsigned int line;
	const struct schema_row
		*follows; /* the other setting that it sets; NULL: the value's own */
};

struct setting {
	const struct schema_row *row;
	uint64_t wanted; /* the number as the kernel takes it */
	bool at_least;	 /* a larger one is as good, unless the kernel made it by itself */
	struct setting_source source;
};

/*
 * Whose rounding of hashsize the rule lists, as numbers that it leaves alone. One list does its work on every kernel whose
 * own number is in it.
 */
enum rule_kernels {
	RULE_THIS_KERNEL,   /* by its page and word size; any kernel's if page_size is not known */
	RULE_ANY_KERNEL,    /* pages of 4, 16 and 64 KiB, words of 64 and 32 bits: an image's */
	RULE_64_BIT_KERNEL, /* the same pages and 64 bits alone: an image's by earlier versions */
};

/* The sizes that the files carry; 0: not written. */
struct wished_sizes {
	uint64_t hashsize;	  /* buckets, as configured */
	uint64_t expect_hashsize; /* buckets */
	unsigned long page_size;  /* bytes, for the kernel's rounding; 0: unknown */
	unsigned int word_size;	  /* bytes of a bucket, for the same; 0 counts as 8 */
	enum rule_kernels kernels;
	enum resize resize; /* when the rule may write hashsize */
};
