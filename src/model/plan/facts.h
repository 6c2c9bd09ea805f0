/* The figures of a host from which its sizes follow. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * The figures of a host. With --root no running host is read: `image` is true, ram is unknown, the
 * release is that of the newest kernel in the image, and page and word size are known only if the
 * programs of the image run on a single kind of machine.
 */
struct facts {
	bool image;
	uint64_t ram;		 /* bytes; 0: unknown */
	uint64_t available;	 /* bytes of RAM that could be allocated now; 0: unknown */
	unsigned int release[2]; /* 6 and 1 for 6.1.0-13-amd64; 0 and 0: unknown */
	unsigned long page_size; /* bytes; 0: unknown */
	unsigned int word_size;	 /* bytes of a pointer in the kernel, 4 or 8; 0 counts as 8 */
	uint64_t keepalive;	 /* net.ipv4.tcp_keepalive_time in seconds; 0: unknown */
};

/*
 * How many seconds an idle entry should outlive the keepalive time: RFC 5382 requires a NAT to keep
 * it for 2 h 4 min if that time is 2 h.
 */
#define KEEPALIVE_MARGIN 240U
