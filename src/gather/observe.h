/* All reading: configuration, facts, files, manifest. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/problems.h"
#include "host/files/tree.h"
#include "host/kernel/kernel.h"
#include "model/config/config.h"
#include "model/installed/compare.h"
#include "model/installed/manifest.h"
#include "model/installed/observed-file.h"
#include "model/plan/facts.h"
#include "options.h"

#define CONFIG_FILE	 "/etc/conntrack-persist.conf"
#define CONFIG_DIRECTORY "/etc/conntrack-persist.conf.d"

/* The most bytes of one file that is held in memory. */
#define FILE_SIZE_MAX (4U << 20)

/* The most bytes of all drop-ins of the configuration together. */
#define CONFIG_SIZE_MAX (16U << 20)

/* What could not be read, so that the caller can name it. Owned by whoever was passed it. */
struct read_failure {
	char *path;
};
void read_failure_done(struct read_failure *failure);

/*
 * Clears before it reads. image: that of --root, whose ram and release stay unknown; NULL: the running host.
 */
void observe_facts(const struct kernel *kernel, const struct tree *image, struct facts *ret);

/*
 * -c FILE, as the shell sees it, and the drop-ins only if they are asked for; else CONFIG_FILE and the drop-ins in byte order,
 * inside the tree. Errors of the content go to problems. Negative errno: a file could not be read, named in ret_failure; -E2BIG:
 * with it the drop-ins have more than CONFIG_SIZE_MAX bytes.
 */
MUST_CHECK int observe_config(const struct tree *tree, const char *file, bool drop_ins,
			      struct config *config, struct problems *problems,
			      struct read_failure *ret_failure);

struct observed {
	struct observed_path *paths; /* every path that some run may have written */
	size_t path_count;
	struct observed_file manifest_file;
	struct manifest manifest; /* empty where there is none, or a broken one */
	bool manifest_broken;
	struct problems problems; /* entries of the manifest that are ignored */
	struct kept_sizes boot;	  /* of PATH_BOOT_SIZES; empty where there is none */
};
void observed_done(struct observed *observed);
/* The manifest and the sizes of this boot alone: what a run needs that only makes the plan. */
MUST_CHECK int observe_manifest(const struct tree *tree, struct observed *ret,
				struct read_failure *ret_failure);
MUST_CHECK int observe_files(const struct tree *tree, struct observed *ret,
			     struct read_failure *ret_failure);
