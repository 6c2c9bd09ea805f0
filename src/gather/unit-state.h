/* Finds out whether a host starts a service of a program that is installed on it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/reading.h"

/*
 * Sets *ret to whether nothing starts NAME.service: it has a unit file, but no link in a .wants
 * folder, or it is masked; and no daemon of this name runs. Without a unit file *ret is false,
 * because the program may come in a container. -ENOMEM.
 */
MUST_CHECK int unit_is_idle(struct reading *reading, const char *name, bool *ret);

/*
 * Finds the file of a unit ("tuned.service") in the folders of the system's units. *ret is
 * FILE_ABSENT if there is none. -ENOMEM.
 */
MUST_CHECK int unit_find(const struct reading *reading, const char *unit, enum file_kind *ret);

/* Returns 1 if a link in a .wants folder pulls the unit in, 0 if none does, or -ENOMEM. */
MUST_CHECK int unit_is_wanted(struct reading *reading, const char *unit);
