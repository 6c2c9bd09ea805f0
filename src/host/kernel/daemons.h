/* Finds the host's own daemons of some names, with their command lines. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/kernel/kernel.h"

/* As kernel_find_daemons(). root is the directory that stands for /. */
MUST_CHECK int daemons_find(const char *root, const char *const *names, size_t count,
			    struct daemons *ret);
