/* What will need conntrack at the next boot, as the files of a host or image say. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"
#include "model/users/uses.h"

/*
 * Searches services that start, the rule files that these load, scripts, and modules-load.d. Each
 * finding is marked as at_boot. Sources that could not be read are noted. -ENOMEM.
 */
MUST_CHECK int find_boot_files(const struct gathering *gathering, struct uses *uses);
