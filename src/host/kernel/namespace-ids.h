/* Lists the network namespaces by listns(2), and opens one by its id. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * Puts the ids of the network namespaces that this process may see into ids, which has room for
 * `room` of them, and returns how many there are. If the result is `room`, there may be more. The
 * kernel lists a namespace with a process in it, or that an open file or a mount holds, and leaves
 * out one that only a socket holds. An id is never given to a second namespace. -ENOSYS: the kernel
 * is older than Linux 6.19, or a seccomp filter refuses the call, which can also be -EPERM.
 */
MUST_CHECK int namespace_ids_list(uint64_t *ids, size_t room);

/*
 * Opens the namespace of this id. The caller closes the descriptor. -ESTALE: it has gone; -EPERM:
 * this process has no rights over it, or a seccomp filter refuses the call.
 */
MUST_CHECK int namespace_id_open(uint64_t id);
