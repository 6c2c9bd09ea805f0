/* Fuzz harness: any bytes as the kernel's description of its types. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/witness/kernel-types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct kernel_path *path)
{
	if (path->count > KERNEL_STEPS_MAX)
		abort();
	for (size_t i = 0; i < path->count; i++)
		if (path->steps[i] > INT16_MAX)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kernel_paths paths = {0};
	int error = kernel_types_find_paths(data, size, &paths);

	if (error == 0 ? paths.pointer_size != 4 && paths.pointer_size != 8
		       : (error != -EBADMSG && error != -ENOENT) || paths.pointer_size != 0)
		abort();
	check(&paths.namespace);
	check(&paths.group);
	check(&paths.process);
	check(&paths.command);
	return 0;
}
