/* Reads what was installed: our files, the manifest, the sizes of this boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/problems.h"
#include "gather/reading.h"
#include "host/files/tree.h"
#include "model/installed/compare.h"
#include "model/installed/manifest.h"
#include "model/installed/observed-file.h"

struct installed {
	struct observed_path *paths; /* every path that some run may have written */
	size_t path_count;
	struct observed_file manifest_file;
	struct manifest manifest; /* empty where there is none, or a broken one */
	bool manifest_broken;
	struct problems problems; /* entries of the manifest that are ignored */
	struct sizes boot;	  /* of PATH_BOOT_SIZES; empty where there is none */
};
void installed_done(struct installed *installed);
/*
 * Reads only the manifest and this boot's sizes, which is all that building a plan needs. The
 * caller owns *ret. Negative errno: ret_failure names the file.
 */
MUST_CHECK int gather_manifest(const struct tree *tree, struct installed *ret,
			       struct read_failure *ret_failure);
MUST_CHECK int gather_installed(const struct tree *tree, struct installed *ret,
				struct read_failure *ret_failure);
