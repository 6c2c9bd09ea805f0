/* What will need conntrack at the next boot, as the files of a host or image say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"
#include "model/users/uses.h"

/*
 * Services that start, the files of rules that these load, scripts, modules-load.d. Each finding is marked as at_boot. What
 * cannot be read is reported. -ENOMEM.
 */
MUST_CHECK int find_boot_files(const struct gathering *gathering, struct uses *uses);
