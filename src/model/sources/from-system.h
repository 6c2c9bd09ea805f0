/* Turns what the sources of a host set into a configuration of our own. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "base/problems.h"
#include "model/sources/writers.h"

/*
 * Adds INI text with the value that is live after the boot for each setting, and a comment that
 * names its source. found: the lines of all sources without our own files, for values_of_schema().
 * A value that the configuration cannot have is left out with a warning in problems; sizes that
 * this host or kernel would refuse become comments with the reason, or get the memory_limit that
 * they need. Returns how many settings there are, or -ENOMEM.
 */
MUST_CHECK int from_system_render(const struct host_writers *found, const struct facts *facts,
				  struct buffer *b, struct problems *problems);
