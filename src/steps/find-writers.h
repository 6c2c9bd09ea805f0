/* Finds whatever else sets the plan's values: files of sysctl.d, modprobe.d, and of programs. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/sources/writers.h"
#include "steps/comparison.h"

/*
 * Also below --root. Nothing in mode disable. Reports what could not be read. EXIT_FAILED was reported. The caller owns *ret,
 * which points into the comparison.
 */
enum exit_code find_writers(struct context *context, const struct comparison *comparison,
			    struct host_writers *ret);
