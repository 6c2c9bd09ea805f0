/* Docker at the next boot: without rules of its own it needs no connection tracking to start. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "gather/reading.h"
#include "model/users/uses.h"

/* What the units that start say about dockerd. Initialize with {0}. */
struct boot_docker {
	const char *unit; /* NULL: the unit does not start; a literal */
	const char *config;
	struct buffer command, environment;
};
void boot_docker_done(struct boot_docker *docker);

/* Returns whether a unit that starts is Docker's. The unit is judged after its lines were read. */
bool boot_docker_unit(struct boot_docker *docker, const char *unit);

/* Handles an Exec*= line of the unit that was passed to boot_docker_unit() last. */
void boot_docker_command(struct boot_docker *docker, const char *command, size_t size);

/* Handles an Environment= or EnvironmentFile= line of that unit. -ENOMEM. */
MUST_CHECK int boot_docker_environment(struct boot_docker *docker, struct reading *reading,
				       const char *value, size_t size);

/* Adds the findings about Docker if its unit was seen, once. -ENOMEM. */
MUST_CHECK int find_boot_docker(struct boot_docker *docker, struct reading *reading,
				struct uses *uses);
