/* Removes nf_conntrack and what is above it; for the verb unload, and at the end of install where mode = disable. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "verbs/verbs.h"

struct unloading {
	size_t removed; /* modules */
	bool left;	/* nf_conntrack is there still */
};

/*
 * Leaves first, each removal reported, none if any of them is in use: EXIT_REFUSED, with the names. EXIT_FAILED: it ended
 * in the middle, and what was removed and what is left was told.
 */
enum exit_code unload_modules(struct context *context, struct unloading *ret);
