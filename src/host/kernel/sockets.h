/* Finds the processes that have sockets. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/kernel/kernel.h"

/* As kernel_find_sockets(). root is the directory that stands for /. */
MUST_CHECK int sockets_find(const char *root, struct socket_process *sockets, size_t count);
