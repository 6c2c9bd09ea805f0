/* The file of sysctl lines that SUSE ships with each kernel. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"
#include "model/sources/writers.h"

/*
 * Adds the values of the running kernel's file. systemd-sysctl reads it before sysctl.d, so that
 * they override nothing that is configured. -ENOMEM.
 */
MUST_CHECK int find_kernel_sysctl(const struct gathering *gathering, struct host_writers *found);
