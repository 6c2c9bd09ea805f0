/* One configured value of the running kernel: the key, the value, and the line that sets it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/config/schema.h"

/*
 * A resize of a table with fewer entries stops traffic for at most 6 ms (measured: 10,000 entries
 * on Linux 6.18, 4 to 6 ms).
 */
#define RESIZE_ENTRIES 10000U

/*
 * The line of the configuration that sets a value. The configuration owns the file name; NULL and 0
 * for a default.
 */
struct setting_source {
	const char *file;
	unsigned int line;
	/* the other setting from which the value follows; NULL: the line sets the value itself */
	const struct schema_row *follows;
};

struct setting {
	const struct schema_row *row;
	uint64_t wanted; /* the number in the kernel's unit */
	/* whether a larger live value is accepted too, unless the kernel computed it by itself */
	bool at_least;
	struct setting_source source;
};

/*
 * The kernels whose rounded hashsize the rule lists. The rule leaves a table alone that has a
 * listed number of buckets, so that it works on every kernel whose number is in the list.
 */
enum rule_kernels {
	/* this kernel, by its page and word size; like RULE_ANY_KERNEL if page_size is unknown */
	RULE_THIS_KERNEL,
	/* pages of 4, 16 and 64 KiB, words of 64 and 32 bits: the rule of an image */
	RULE_ANY_KERNEL,
	/* the same pages with 64 bits: the rule of an image made by an earlier version */
	RULE_64_BIT_KERNEL,
};

/* The sizes that the files contain; 0: not set. */
struct wished_sizes {
	uint64_t hashsize;	  /* buckets, as configured */
	uint64_t expect_hashsize; /* buckets */
	/* bytes, from which the kernel's rounding follows; 0: unknown */
	unsigned long page_size;
	/* bytes of a bucket, from which the rounding follows too; 0 counts as 8 */
	unsigned int word_size;
	enum rule_kernels kernels;
	enum resize resize; /* when the rule may write hashsize */
};
