/* The programs that need connection tracking: their processes and units, and what breaks. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/users/uses.h"

#define PROGRAM_COMMANDS 2U
#define PROGRAM_UNITS	 4U

/*
 * One program, of which one process or several run and which one unit or several start. While a
 * program runs, it is certain if it always sets such rules, whatever its configuration. At boot it
 * is certain if without conntrack it fails to start or leaves the host cut off or without a
 * firewall, and likely if it needs conntrack only for some networks or configurations.
 */
struct program {
	/* the kernel's names of its processes, at most 15 characters; "lfd *": and what follows */
	const char *commands[PROGRAM_COMMANDS];
	/* without .service; "systemd-nspawn@" stands for all instances */
	const char *units[PROGRAM_UNITS];
	const char *words, *breaks;
	enum certainty while_it_runs, at_boot;
};

/* Returns the program at index i, or NULL behind the last. */
const struct program *program_get(size_t i);

/* Returns the program of a process ("dockerd") or a unit ("docker.service"), or NULL. */
const struct program *program_of_process(const char *command);
const struct program *program_of_unit(const char *unit);

/* Returns whether each instance of the unit is a user of its own: "systemd-nspawn@web.service". */
bool program_is_template(const struct program *program);
