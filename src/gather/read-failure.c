/* Names what a reader could not read. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/read-failure.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buffer.h"

void read_failure_done(struct read_failure *failure)
{
	free(failure->path);
	failure->path = NULL;
}

int read_failure_set(struct read_failure *failure, const char *prefix, const char *path, int error)
{
	struct buffer b = {0};

	buffer_printf(&b, "%s%s", prefix, path);
	read_failure_done(failure);
	return buffer_steal(&b, &failure->path, NULL) < 0 ? -ENOMEM : error;
}
