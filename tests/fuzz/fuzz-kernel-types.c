/* Fuzz harness: any bytes as the kernel's description of its types. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/witness/kernel-types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct namespace_path path = {0};
	int error = kernel_types_find_namespace(data, size, &path);

	if (error == 0 ? (path.pointer_size != 4 && path.pointer_size != 8) ||
				 path.proxy > INT16_MAX || path.net > INT16_MAX ||
				 path.number > INT16_MAX
		       : (error != -EBADMSG && error != -ENOENT) || path.pointer_size != 0)
		abort();
	return 0;
}
