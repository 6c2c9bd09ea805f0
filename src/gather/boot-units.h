/* The services that start at boot, as the files of a host or image say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/reading.h"

struct unit_visitor {
	/*
	 * Called for each service, socket or target that starts at boot and is not masked.
	 * has_file: it has a unit file. A negative errno ends the visit.
	 */
	int (*unit)(void *data, const char *name, bool has_file);
	/*
	 * Called for each command that a unit runs, with the unit's name, its file, the line's
	 * number, and the command of `size` bytes.
	 */
	int (*command)(void *data, const char *name, const char *path, unsigned int line,
		       const char *command, size_t size);
	/*
	 * Called for each line of Environment= or EnvironmentFile=, with its value of `size` bytes;
	 * may be NULL.
	 */
	int (*environment)(void *data, const char *name, const char *value, size_t size);
	void *data;
};

/*
 * Visits what links in the .wants and .requires folders of systemd pull in, what these units name
 * in Wants=, Requires= and the like, what a socket, path or timer activates, the scripts of SysV
 * init and OpenRC, and on an image that was never booted what a preset names. What cannot be read
 * is reported. Ends with the first error of the visitor; -ENOMEM.
 */
MUST_CHECK int find_boot_units(struct reading *reading, const struct unit_visitor *visitor);

/* Visits the commands and variables of one unit's file, whether it starts or not. -ENOMEM. */
MUST_CHECK int read_unit_file(struct reading *reading, const struct unit_visitor *visitor,
			      const char *name, const char *path);
