/* Files of programs that write the plan's values as they start: ufw, tuned, kube-proxy. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"
#include "model/sources/writers.h"

/* Adds to those that were found; values are the plan's. What cannot be read is noted as unread. -ENOMEM. */
MUST_CHECK int find_programs(const struct gathering *gathering, struct host_writers *found);
