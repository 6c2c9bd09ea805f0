/* Reads the kernel's messages about a full table. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * The messages that were counted. The kernel logs at most 10 in 5 s (net.core.message_burst,
 * message_cost), so that they are a sign and not a count of packets.
 */
struct full_messages {
	bool known; /* whether the messages are stored and could be read */
	/*
	 * whether all of this boot were read; else the oldest may be lost (the journal has dropped
	 * them)
	 */
	bool since_boot;
	bool cut;	       /* whether there are more messages than were read */
	uint64_t count;	       /* "table full, dropping packet" */
	uint64_t namespaces;   /* those of them that name a network namespace (from 6.17 on) */
	uint64_t expectations; /* "expectation table full" */
	uint64_t first, last;  /* of `count`, in microseconds since the epoch; 0: none */
};

/* Counts a message of the kernel if it is one of these. when: microseconds since the epoch. */
void full_messages_note(struct full_messages *messages, uint64_t when, const char *text);
