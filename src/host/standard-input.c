/* Reads standard input. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/standard-input.h"

#include <errno.h>
#include <unistd.h>

#include "base/buffer.h"

int standard_input_read(size_t limit, char **ret, size_t *ret_size)
{
	struct buffer CLEANUP(buffer_clear) b = {0};
	char part[16384];
	size_t total = 0;
	ssize_t got;

	/* An empty input gives an empty text, not NULL. */
	buffer_add(&b, "");
	while ((got = read(STDIN_FILENO, part, sizeof(part))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (total <= limit)
			buffer_add_bytes(&b, part, (size_t)got);
		total += total <= limit ? (size_t)got : 0;
	}
	return total > limit ? -EFBIG : buffer_steal(&b, ret, ret_size);
}
