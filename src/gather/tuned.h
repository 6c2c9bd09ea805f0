/* Reads the active profiles of tuned with all that they include. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/text-file.h"
#include "gather/reading.h"
#include "model/sources/writers.h"

/*
 * Adds the values that tuned sets. sysctl: the files of sysctl.d with ours as planned, because
 * tuned applies them again behind its own values. -ENOMEM.
 */
MUST_CHECK int find_tuned(struct reading *reading, const struct text_file *sysctl, size_t count,
			  struct host_writers *found);
