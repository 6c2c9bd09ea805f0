/* The running kernel itself behind the port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host/kernel-file.h"

struct kernel {
	struct utsname name;
};

int kernel_open(struct kernel **ret)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		return -ENOMEM;
	if (uname(&kernel->name) < 0) {
		int error = -errno;

		free(kernel);
		return error;
	}
	*ret = kernel;
	return 0;
}

struct kernel *kernel_close(struct kernel *kernel)
{
	free(kernel);
	return NULL;
}

const char *kernel_files_root(const struct kernel *kernel)
{
	(void)kernel;
	return "/";
}

bool kernel_may_change(const struct kernel *kernel)
{
	(void)kernel;
	return geteuid() == 0;
}

bool kernel_owns_files(const struct kernel *kernel)
{
	(void)kernel;
	return true;
}

const char *kernel_release(const struct kernel *kernel)
{
	return kernel->name.release;
}

unsigned long kernel_page_size(const struct kernel *kernel)
{
	long size = sysconf(_SC_PAGESIZE);

	(void)kernel;
	return size > 0 ? (unsigned long)size : 0;
}

int kernel_read(const struct kernel *kernel, const char *path, char *buffer, size_t size)
{
	(void)kernel;
	return kernel_file_read(path, buffer, size);
}

bool kernel_has(const struct kernel *kernel, const char *path)
{
	(void)kernel;
	return access(path, F_OK) == 0;
}
