/*
 * Computes how a kernel reads a number that is written to it, for the folder that plays the kernel.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

/* The kernel that the folder plays. */
struct played_kernel {
	unsigned int release[2];
	unsigned long page; /* bytes */
	unsigned int word;  /* bytes of a pointer */
};

/*
 * Fills stored with the line that the file shows after text was written to it. path: from /.
 * Returns a negative errno if the kernel refuses the text: -EINVAL, -ERANGE, -ENOMEM, -EACCES;
 * stored is left alone then.
 */
int kernel_takes(const struct played_kernel *kernel, const char *path, const char *text,
		 char *stored, size_t size);
