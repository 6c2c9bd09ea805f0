/* The figures of a host that its sizes follow from, and a timeout is judged by. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * What the sizes follow from. Below --root nothing of a running host is read: `image` is set, ram and release are
 * unknown, and so are page and word size unless the image's programs run on one kind of machine alone.
 */
struct facts {
	bool image;
	uint64_t ram;		 /* bytes; 0: unknown */
	uint64_t available;	 /* bytes of it that could be had now; 0: unknown */
	unsigned int release[2]; /* 6 and 1 for 6.1.0-13-amd64; 0 and 0: unknown */
	unsigned long page_size; /* bytes; 0: unknown */
	unsigned int word_size;	 /* bytes of a pointer in the kernel, 4 or 8; 0 counts as 8 */
	uint64_t keepalive; /* seconds without a packet until a first keepalive probe; 0: unknown */
};

/* An idle entry should outlive the keepalive time by so many seconds: RFC 5382 asks a NAT for 2 h 4 min where it is 2 h. */
#define KEEPALIVE_MARGIN 240U
