/* Describes the values that differ in another network namespace: three by name, then a number. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/buffer.h"
#include "base/cleanup.h"

/* Start with `struct differing d = {0}`. */
struct differing {
	struct buffer text;
	size_t count;
};
void differing_done(struct differing *differing);

/*
 * Adds "udp_timeout 30 (here 60)". key: the kernel's name, "nf_conntrack_udp_timeout"; word:
 * "here", or another name for the value that is compared with.
 */
void differing_add(struct differing *differing, const char *key, const char *there,
		   const char *word, const char *other);

/* Moves the text to the caller, who must free it; NULL if nothing differs. Returns -ENOMEM. */
MUST_CHECK int differing_finish(struct differing *differing, char **ret);
