/* Reads the configuration: its file and drop-ins. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/problems.h"
#include "gather/read-failure.h"
#include "host/files/tree.h"
#include "model/config/config.h"

#define CONFIG_FILE	 "/etc/conntrack-persist.conf"
#define CONFIG_DIRECTORY "/etc/conntrack-persist.conf.d"

/* The most bytes of all drop-ins of the configuration together. */
#define CONFIG_SIZE_MAX (16U << 20)

/*
 * -c FILE, as the shell sees it, and the drop-ins only if they are asked for; else CONFIG_FILE and the drop-ins in byte order,
 * inside the tree. Errors of the content go to problems. Negative errno: a file could not be read, named in ret_failure; -E2BIG:
 * with it the drop-ins have more than CONFIG_SIZE_MAX bytes.
 */
MUST_CHECK int gather_config(const struct tree *tree, const char *file, bool drop_ins,
			     struct config *config, struct problems *problems,
			     struct read_failure *ret_failure);
