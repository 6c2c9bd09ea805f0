/* How wide a pointer of the running kernel is, which this program's own need not be. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/word-size.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>

#include "host/kernel/kernel-file.h"

static bool read_below(const char *root, const char *path, char *buffer, size_t size)
{
	char whole[PATH_MAX];

	return snprintf(whole, sizeof(whole), "%s%s", root, path) < (int)sizeof(whole) &&
	       kernel_file_read(whole, buffer, size) == 0;
}

/*
 * All machine types of 64 bits have the number in their name, but for two (UTS_MACHINE of arch/,
 * 4.18 to 7.2).
 */
static bool is_wide(const char *machine)
{
	return strstr(machine, "64") || strcmp(machine, "s390x") == 0 ||
	       strcmp(machine, "alpha") == 0;
}

unsigned int word_size_of_kernel(const char *root, unsigned int own, const char *machine)
{
	char text[80];

	if (own == 8)
		return 8;
	if (read_below(root, "/sys/kernel/address_bits", text, sizeof(text)))
		return strcmp(text, "64") == 0 ? 8 : 4;
	if (read_below(root, "/proc/sys/kernel/arch", text, sizeof(text)))
		return is_wide(text) ? 8 : 4;
	if (is_wide(machine))
		return 8;
	return read_below(root, "/proc/self/personality", text, sizeof(text)) &&
			       (strtoul(text, NULL, 16) & PER_MASK) == PER_LINUX32
		       ? 8
		       : 4;
}
