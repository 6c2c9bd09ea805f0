/* Reading a small file of /proc or /sys, the same for each body of the kernel port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

/* As kernel_read(), with a real path. */
MUST_CHECK int kernel_file_read(const char *path, char *buffer, size_t size);
