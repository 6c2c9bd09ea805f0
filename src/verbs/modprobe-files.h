/* The files of modprobe.d as modprobe reads them, to name the line that it only tells the content of. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/tree.h"
#include "model/loading.h"

/* What the items point to. */
struct modprobe_file_own {
	char *name, *path, *text;
};

/* In reading order. */
struct modprobe_files {
	struct modprobe_file *items;
	struct modprobe_file_own *own; /* one for each */
	size_t count;
};
void modprobe_files_done(struct modprobe_files *files);

/* One of each name: that of the first folder that has it. What cannot be read is left out: modprobe skips it too. -ENOMEM. */
MUST_CHECK int modprobe_files_read(const struct tree *tree, struct modprobe_files *ret);
