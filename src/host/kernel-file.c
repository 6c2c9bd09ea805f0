/* Reading a small file of /proc or /sys, the same for each body of the kernel port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel-file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int kernel_file_read(const char *path, char *buffer, size_t size)
{
	int CLEANUP(close_descriptor) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	size_t length = 0;

	if (fd < 0)
		return -errno;
	while (length < size - 1) {
		ssize_t got = read(fd, buffer + length, size - 1 - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	if (length > 0 && buffer[length - 1] == '\n')
		length--;
	buffer[length] = '\0';
	return 0;
}
