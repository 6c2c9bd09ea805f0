/* A file system whose power fails: what the program has not made durable is gone. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

struct disk {
	const char *device, *format, *options; /* as mount(2) takes them */
	const char *place;		       /* where that is mounted */
};

/* All that was changed until now is on the disk. */
void power_settle(const struct disk *disk);

/*
 * Cuts the power, and mounts the file system again. What was in memory only is lost: all of it, or,
 * with `journal`, the content of files alone, as if the file system had been about to write it
 * down.
 */
void power_cut(const struct disk *disk, bool journal);
