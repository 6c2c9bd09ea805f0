/* The files of rules that services load at boot, with what these include. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/tree.h"
#include "model/uses.h"

/* What this unit ("nftables.service") loads; of most units nothing is known. A file that cannot be read says nothing. -ENOMEM. */
MUST_CHECK int find_boot_rules(const struct tree *tree, const char *unit, struct uses *uses);
