/* The files of modprobe.d as modprobe reads them, to name the line that it only tells the content of. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/runtime/load-blockers.h"
#include "verbs/verbs.h"

/* What the items point to. */
struct modprobe_file_own {
	char *path, *text;
};

/* In reading order. */
struct modprobe_files {
	struct modprobe_file *items;
	struct modprobe_file_own *own; /* one for each */
	size_t count;
};
void modprobe_files_done(struct modprobe_files *files);

/* One of each name: that of the first folder that has it. What cannot be read is reported and left out. -ENOMEM. */
MUST_CHECK int modprobe_files_read(const struct context *context, struct modprobe_files *ret);
