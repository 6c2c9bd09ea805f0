/* Files that set the plan's values: of the kernel's package, ufw, firewalld and other programs. */
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

/*
 * Adds the values of the running kernel's file. systemd-sysctl reads it before sysctl.d, so that
 * they override nothing that is configured. -ENOMEM.
 */
MUST_CHECK int find_kernel_sysctl(const struct gathering *gathering, struct host_writers *found);
