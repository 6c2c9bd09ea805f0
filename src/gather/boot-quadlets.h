/* podman's quadlets: containers that a generator starts at boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/boot-rules.h"

/* Those of root, and of users. rules knows what was read before. What cannot be read is reported. -ENOMEM. */
MUST_CHECK int find_boot_quadlets(struct boot_rules *rules, struct reading *reading);
