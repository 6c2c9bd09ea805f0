/* The kernel's messages of a full table. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

/* The kernel says at most 10 in 5 s (net.core.message_burst, message_cost): a sign, not a count of packets. */
struct full_messages {
	bool known;	 /* somebody keeps the kernel's messages, and we may read them */
	bool since_boot; /* all of this boot; else the oldest may be lost (the kernel's own buffer) */
	bool cut;	 /* there are more messages than are looked at */
	uint64_t count;	       /* "table full, dropping packet" */
	uint64_t namespaces;   /* of these, those that name a network namespace (from 6.17 on) */
	uint64_t expectations; /* "expectation table full" */
	uint64_t first, last;  /* of count; microseconds since the epoch; 0: none */
};

/* Counts a message of the kernel if it is one of these; when: microseconds since the epoch. */
void full_messages_note(struct full_messages *messages, uint64_t when, const char *text);

/* A record of /dev/kmsg. */
struct kernel_record {
	bool of_kernel;	       /* else a program has written it there */
	uint64_t sequence;     /* 0: the first since boot */
	uint64_t microseconds; /* of the clock that printk has, near CLOCK_MONOTONIC */
	const char *text;      /* points into the record */
};

/*
 * "PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;TEXT\n", more fields before the semicolon, lines with properties after the text
 * (Documentation/ABI/testing/dev-kmsg); cuts the record after its text. -EBADMSG: it is no such record.
 */
MUST_CHECK int kernel_record_parse(char *record, struct kernel_record *ret);
