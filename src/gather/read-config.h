/* Reads the configuration: its file and drop-ins. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/problems.h"
#include "gather/reading.h"
#include "host/files/tree.h"
#include "model/config/config.h"

#define CONFIG_FILE	 "/etc/conntrack-persist.conf"
#define CONFIG_DIRECTORY "/etc/conntrack-persist.conf.d"

/* The most bytes of all drop-ins of the configuration together. */
#define CONFIG_SIZE_MAX (16U << 20)

/*
 * Reads -c FILE, as the shell sees it, with the drop-ins only if drop_ins is set; without FILE
 * reads CONFIG_FILE and the drop-ins in byte order, inside the tree. Errors in the content go to
 * problems. Negative errno: ret_failure names the file that could not be read; -E2BIG: that drop-in
 * exceeds CONFIG_SIZE_MAX bytes of all together.
 */
MUST_CHECK int gather_config(const struct tree *tree, const char *file, bool drop_ins,
			     struct config *config, struct problems *problems,
			     struct read_failure *ret_failure);
