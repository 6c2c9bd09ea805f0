/* Turns the settings in a host's files into a configuration of our own. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

#include "base/buffer.h"
#include "base/problems.h"
#include "model/runtime/load-blockers.h"
#include "model/sources/precedence.h"

/* The files of other sources, without our own. Nothing is owned. */
struct from_system_request {
	const struct text_file *sysctl_files;
	size_t sysctl_count;
	const struct modprobe_records *modprobe;
	const char *command_line; /* the kernel's command line; "" if unknown */
	struct facts facts;	  /* for the kernel's rounding */
};

/*
 * Adds INI text with the value that wins for each setting, and a comment that names its source. At
 * boot systemd-sysctl decides; a file that only sysctl --system reads counts where no other sets
 * the key. Each value that the configuration cannot have is left out with a warning in problems.
 * ret_cut: see sysctl_writers_find(). Returns how many settings there are, or -ENOMEM.
 */
MUST_CHECK int from_system_render(const struct from_system_request *request, struct buffer *b,
				  struct problems *problems, struct sysctl_cut *ret_cut);
