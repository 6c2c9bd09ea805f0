/* The scripts and commands that run at boot, with the files of rules that they load. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/boot-rules.h"

/* One object for the whole run, so that each script is read once. */
struct boot_scripts {
	const struct gathering *gathering;
	struct uses *uses; /* gets the findings; not owned */
	struct boot_rules rules;
	struct reading reading;
	unsigned int depth; /* depth of scripts that run scripts */
};
void boot_scripts_new(const struct gathering *gathering, struct uses *uses,
		      struct boot_scripts *ret);
void boot_scripts_done(struct boot_scripts *scripts);

/*
 * Returns whether the script lies where administrators keep their own; scripts of packages are
 * known by their unit's name.
 */
bool boot_script_is_own(const char *path);

/* Reads a script that `loader` runs; does nothing if it was read before. -ENOMEM. */
MUST_CHECK int boot_script(struct boot_scripts *scripts, const char *loader, const char *path);

/* Reads a file if its mode lets any user execute it. -ENOMEM. */
MUST_CHECK int boot_script_executable(struct boot_scripts *scripts, const char *path);

/* Judges a command of `size` bytes in that line of path, which `loader` runs. -ENOMEM. */
MUST_CHECK int boot_script_command(struct boot_scripts *scripts, const char *loader,
				   const char *path, unsigned int line, const char *command,
				   size_t size);
