/* renameat2(2), also where the C library has no function for it, as musl and glibc before 2.28. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/files/rename.h"

#include <sys/syscall.h>
#include <unistd.h>

int rename_flags(int directory, const char *from, const char *to, unsigned int flags)
{
	return (int)syscall(SYS_renameat2, directory, from, directory, to, flags);
}
