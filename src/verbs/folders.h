/* The files of a reader's folders, one after the other. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/tree.h"

/* modules-load.d(5), ends in NULL. Debian's /etc/modules is a file in one of these by a link. */
extern const char *const modules_load_folders[];

/*
 * Calls visit for each file with this suffix in folders (ends in NULL), in their order and by name; a folder that cannot
 * be listed is none. With a suffix a file, or a link to /dev/null, hides those of its name in the folders that follow, as
 * for udev, sysctl.d, modprobe.d and modules-load.d. Ends with the first error of visit; -ENOMEM.
 */
MUST_CHECK int folders_visit(const struct tree *tree, const char *const *folders,
			     const char *suffix, int (*visit)(void *data, const char *path),
			     void *data);

/* A whole text; NULL: it is not there or cannot be read, and says nothing to its reader either. -ENOMEM. */
MUST_CHECK int folders_read_file(const struct tree *tree, const char *path, char **ret);
