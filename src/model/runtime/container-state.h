/* Reads the state that a container runtime gives a hook on standard input. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

/*
 * The most bytes of a state. Annotations make it large: Kubernetes allows 256 KiB of them for one
 * object, and CRI-O adds its own.
 */
#define CONTAINER_STATE_MAX (1U << 20)

/* The largest process number of Linux: PID_MAX_LIMIT, include/linux/threads.h, 4.18 to 7.2. */
#define CONTAINER_PID_MAX 4194304

/* The container's id is longer in no runtime; of a longer one the beginning is kept. */
#define CONTAINER_ID_SIZE 129

struct container_state {
	unsigned long pid;	    /* of the container's first process; 1 to CONTAINER_PID_MAX */
	char id[CONTAINER_ID_SIZE]; /* "" if the state has none; any bytes but NUL */
};

/*
 * Parses a state as the OCI runtime specification 1.0 has it, of which only "pid" and "id" are
 * used. -EBADMSG: *ret_reason, a literal, says what is wrong with it; -EFBIG: it is larger than
 * CONTAINER_STATE_MAX.
 */
MUST_CHECK int container_state_parse(const char *bytes, size_t size, struct container_state *ret,
				     const char **ret_reason);
