/* What a host's files say of conntrack, as a configuration of ours. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/buffer.h"
#include "base/problems.h"
#include "model/runtime/load-blockers.h"
#include "model/sources/precedence.h"

/* Other people's files: ours are not among them. */
struct from_system_request {
	const struct text_file *sysctl_files;
	size_t sysctl_count;
	const struct modprobe_records *modprobe;
	const char *command_line; /* the kernel's; "" where unknown */
	struct facts facts;	  /* for the kernel's rounding */
};

/*
 * Adds the INI text: the value in force of each setting that some file sets, with where it comes from. At boot
 * systemd-sysctl decides, and sysctl --system where only that reads a file. What is no value of ours is left out, a
 * warning among problems for each. ret_cut: see sysctl_writers_find(). Returns how many settings there are; -ENOMEM.
 */
MUST_CHECK int from_system_render(const struct from_system_request *request, struct buffer *b,
				  struct problems *problems, struct sysctl_cut *ret_cut);
