/* Docker at the next boot: without rules of its own it needs no connection tracking to start. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "gather/reading.h"
#include "model/users/uses.h"

/* What the units that start say of dockerd; start with {0}. */
struct boot_docker {
	const char *unit; /* NULL: it does not start; static */
	const char *config;
	struct buffer command, environment;
};
void boot_docker_done(struct boot_docker *docker);

/* Whether a unit that starts is Docker's, which is judged once its lines have been seen. */
bool boot_docker_unit(struct boot_docker *docker, const char *unit);

/* An Exec*= line of a unit that starts. */
void boot_docker_command(struct boot_docker *docker, const char *unit, const char *command,
			 size_t size);

/* An Environment= or EnvironmentFile= line of a unit that starts. -ENOMEM. */
MUST_CHECK int boot_docker_environment(struct boot_docker *docker, struct reading *reading,
				       const char *unit, const char *value, size_t size);

/*
 * Adds what there is to say of Docker if its unit was seen, once; takes away what is only known of its process in live.
 * -ENOMEM.
 */
MUST_CHECK int find_boot_docker(struct boot_docker *docker, struct reading *reading,
				struct uses *live, struct uses *uses);
