/* What another network namespace has differently, in words: the first three keys by name, the others by their number. */
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
 * key as the kernel has it, "nf_conntrack_udp_timeout", of which the text has "udp_timeout 30 (here 60)"; word is "here", or what
 * else the other value is.
 */
void differing_add(struct differing *differing, const char *key, const char *there,
		   const char *word, const char *other);

/* The text, owned by the caller; NULL: nothing differs. -ENOMEM. */
MUST_CHECK int differing_finish(struct differing *differing, char **ret);
