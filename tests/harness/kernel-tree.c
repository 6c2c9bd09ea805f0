/* A folder as the kernel, for the test twin: its files, /proc and /sys lie below $CONNTRACK_PERSIST_HOST. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/kernel-file.h"

struct kernel {
	const char *folder;
	char release[64];
};

int kernel_open(struct kernel **ret)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		return -ENOMEM;
	kernel->folder = getenv("CONNTRACK_PERSIST_HOST");
	if (!kernel->folder) {
		fputs("the test twin needs CONNTRACK_PERSIST_HOST\n", stderr);
		free(kernel);
		return -EINVAL;
	}
	if (kernel_read(kernel, "/proc/sys/kernel/osrelease", kernel->release,
			sizeof(kernel->release)) < 0)
		kernel->release[0] = '\0';
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
	return kernel->folder;
}

bool kernel_may_change(const struct kernel *kernel)
{
	(void)kernel;
	return !getenv("CONNTRACK_PERSIST_UNPRIVILEGED");
}

bool kernel_owns_files(const struct kernel *kernel)
{
	(void)kernel;
	return false;
}

const char *kernel_release(const struct kernel *kernel)
{
	return kernel->release;
}

unsigned long kernel_page_size(const struct kernel *kernel)
{
	(void)kernel;
	return 4096;
}

static int make_path(const struct kernel *kernel, const char *path, char *buffer)
{
	return snprintf(buffer, PATH_MAX, "%s%s", kernel->folder, path) < PATH_MAX ? 0
										   : -ENAMETOOLONG;
}

int kernel_read(const struct kernel *kernel, const char *path, char *buffer, size_t size)
{
	char whole[PATH_MAX];
	int error = make_path(kernel, path, whole);

	return error < 0 ? error : kernel_file_read(whole, buffer, size);
}

bool kernel_has(const struct kernel *kernel, const char *path)
{
	char whole[PATH_MAX];

	return make_path(kernel, path, whole) == 0 && access(whole, F_OK) == 0;
}
