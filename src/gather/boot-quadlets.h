/* podman's quadlets: containers that a generator starts at boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/boot-rules.h"

/*
 * Reads the quadlets of root and of users. rules: remembers the files that were read before.
 * Sources that could not be read are noted. -ENOMEM.
 */
MUST_CHECK int find_boot_quadlets(struct boot_rules *rules, struct reading *reading);
