/* renameat2(2), also where the C library has no function for it, as musl and glibc before 2.28. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"

/*
 * Renames within one directory. flags: RENAME_NOREPLACE or RENAME_EXCHANGE of <linux/fs.h>, or 0.
 * Returns -1 with errno set on failure.
 */
MUST_CHECK int rename_flags(int directory, const char *from, const char *to, unsigned int flags);
