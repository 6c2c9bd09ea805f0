/* Visits the files of a reader's folders, one after the other. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/reading.h"

/*
 * Calls visit for each file with this suffix in folders (ends in NULL), ordered by name. Of files
 * with the same name only the one in the first of these folders is visited: a file, or a link to
 * /dev/null, hides the others, as for udev, sysctl.d, modprobe.d and modules-load.d. A folder that
 * cannot be listed is noted as unread. Ends with the first error of visit; -ENOMEM.
 */
MUST_CHECK int conf_dirs_visit(struct reading *reading, const char *const *folders,
			       const char *suffix, int (*visit)(void *data, const char *path),
			       void *data);
