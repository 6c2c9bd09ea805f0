/* Patterns in the keys of sysctl.d, matched as glob(3) does against one name below /proc/sys. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"

/*
 * Whether a key with *, ? or [ finds the file of this name. braces: {a,b} stands for a and for b, as systemd-sysctl has
 * it. 1: *ret_found is the path found, owned: the name, with what slashes the pattern has too many; 0: no; -ENOMEM.
 */
MUST_CHECK int sysctl_pattern_match(const char *pattern, bool braces, const char *name,
				    char **ret_found);
