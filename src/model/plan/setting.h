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

/*
 * The sizes of a table and what they follow from. The manifest and the file of PATH_BOOT_SIZES
 * record the first four members, which sizes_copy() copies; a plan has all of them.
 */
struct sizes {
	/*
	 * owned; the settings that the sizes follow from, as text; NULL in a record without sizes,
	 * because none were resolved
	 */
	char *inputs;
	/*
	 * bytes, rounded by sizes_round_ram(); the RAM from which the sizes were chosen, maybe by
	 * an earlier run; 0: unknown
	 */
	uint64_t ram;
	/* entries; 0: not set, or left out of the files of an image (see from_ram) */
	uint64_t max;
	uint64_t hashsize;	  /* buckets, as configured; 0: not set */
	uint64_t expect_hashsize; /* buckets, as configured; 0: the kernel chooses */
	struct setting_source hashsize_source, expect_hashsize_source;
	/* bytes, from which the kernel's rounding follows; 0: unknown */
	unsigned long page_size;
	/* bytes of a bucket, from which the rounding follows too; 0 counts as 8 */
	unsigned int word_size;
	enum rule_kernels kernels;
	enum resize resize; /* when hashsize may be set while the table has entries */
	bool from_ram;	    /* whether max is auto */
	/* whether nothing is configured but an earlier version chose sizes by itself */
	bool unchosen;
	/*
	 * whether a larger live max is accepted: max_policy, max = auto, or a hashsize without max
	 */
	bool at_least;
	/* whether the sizes are only in the files below /run, and not in those that last */
	bool of_boot;
	uint64_t table_bytes; /* bytes of a full table with both kinds of buckets; 0: unknown */
};
