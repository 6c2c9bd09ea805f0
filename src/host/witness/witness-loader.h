/* Loads and pins the witness at places that the caller names, and reads it again. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/witness/witness-ring.h"

struct witness_places {
	const char *pins;  /* a directory of the BPF file system; made if it is missing */
	const char *group; /* the directory of the control group below which writes are seen */
};

/* See witness.h; these do the same. */
bool witness_loader_has(const struct witness_places *places);
enum witness_obstacle witness_loader_start(const struct witness_places *places, struct buffer *log,
					   int *ret_error);
MUST_CHECK int witness_loader_stop(const struct witness_places *places);
MUST_CHECK int witness_loader_read(const struct witness_places *places, struct witness_ring *ret);
