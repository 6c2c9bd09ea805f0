/* What the configuration of a program that starts at boot says of its need of conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/boot-scripts.h"

struct boot_programs {
	struct boot_scripts *scripts;
	struct reading *reading;
	struct uses *uses; /* gets the findings; not owned */
	size_t names;	   /* that patterns were compared with */
};

/*
 * Adds a unit that starts ("csf.service") if it is a known program, unless its configuration
 * switches it off, and the files of its networks and servers that need conntrack. -ENOMEM.
 */
MUST_CHECK int find_boot_program(struct boot_programs *programs, const char *unit);

/* Notes that a tunnel of wg-quick@NAME.service or awg-quick@NAME.service needs conntrack. */
void judge_tunnel(const struct boot_programs *programs, const char *unit, const char *path,
		  const char *text);
