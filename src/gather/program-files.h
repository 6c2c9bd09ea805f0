/* Files of programs that write the plan's values as they start: ufw, firewalld, and others. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/text-file.h"
#include "gather/gathering.h"
#include "model/sources/writers.h"

/*
 * Adds the files' values that the plan sets too. Files that could not be read are noted as unread.
 * sysctl: the files of sysctl.d, with ours as planned. -ENOMEM.
 */
MUST_CHECK int find_programs(const struct gathering *gathering, const struct text_file *sysctl,
			     size_t count, struct host_writers *found);
