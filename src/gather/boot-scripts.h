/* The scripts and commands that run at boot, with the files of rules that they load. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/boot-rules.h"

/* One for all of a run, so that each script is read once. */
struct boot_scripts {
	const struct gathering *gathering;
	struct uses *uses; /* where findings go; not owned */
	struct boot_rules rules;
	struct reading reading;
	unsigned int depth; /* of scripts that scripts run */
};
MUST_CHECK int boot_scripts_new(const struct gathering *gathering, struct uses *uses,
				struct boot_scripts *ret);
void boot_scripts_done(struct boot_scripts *scripts);

/* A script that loader runs, by its path; one that was read before is passed over. -ENOMEM. */
MUST_CHECK int boot_script(struct boot_scripts *scripts, const char *loader, const char *path);

/* A file that is run if somebody may execute it. -ENOMEM. */
MUST_CHECK int boot_script_executable(struct boot_scripts *scripts, const char *path);

/* A command at that line of path, which loader runs; it ends at size. -ENOMEM. */
MUST_CHECK int boot_script_command(struct boot_scripts *scripts, const char *loader,
				   const char *path, unsigned int line, const char *command,
				   size_t size);
