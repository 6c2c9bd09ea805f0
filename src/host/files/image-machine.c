/* Finds out the machine type that the programs of an image are built for. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/files/image-machine.h"

#include <elf.h>
#include <string.h>

/* The first bytes of a program, the same in both classes up to e_machine. */
struct elf_start {
	unsigned char ident[EI_NIDENT];
	unsigned char type[2], machine[2];
};

static bool read_start(const struct tree *image, const char *path, struct elf_start *ret)
{
	int CLEANUP(close_descriptor) fd = -1;

	return tree_open_file(image, path, &fd) == 0 &&
	       read(fd, ret, sizeof(*ret)) == (ssize_t)sizeof(*ret) &&
	       memcmp(ret->ident, ELFMAG, SELFMAG) == 0;
}

bool image_is_x86_64(const struct tree *image)
{
	static const char *const programs[] = {"/usr/lib/systemd/systemd", "/lib/systemd/systemd",
					       "/bin/sh"};
	struct elf_start start;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (read_start(image, programs[i], &start))
			/* An x32 program has the same machine type and another class. */
			return start.ident[EI_CLASS] == ELFCLASS64 &&
			       start.ident[EI_DATA] == ELFDATA2LSB &&
			       start.machine[0] == EM_X86_64 && start.machine[1] == 0;
	return false;
}
