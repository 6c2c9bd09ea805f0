/* Shell commands that run at boot: whether they set firewall rules with connection state or NAT, and which files they load. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* What one command line says. */
struct boot_command {
	bool sets_rules; /* it calls iptables, nft or a program of that kind, or looks like a rule of iptables */
	bool asks;	  /* and names connection state or NAT */
	bool reads_input; /* and has a here-document: the lines behind it are rules */
	bool is_loader;	  /* the whole text is a file of rules: "#!/usr/sbin/nft -f" */
};

/*
 * How long a command is: up to the end of its line, or of the line that the last backslash before a line's end joins to it. A
 * comment is one line. *ret_lines says how many lines it has.
 */
size_t boot_line_size(const char *line, unsigned int *ret_lines);

/* The command ends at size. -ENOMEM. */
MUST_CHECK int boot_command_read(const char *line, size_t size, struct boot_command *ret);

/* Whether these words ask for connection tracking, wherever they stand. -ENOMEM, 0 or 1. */
MUST_CHECK int boot_text_asks(const char *text, size_t size);

/* The next absolute path among the words; *ret_size is its length. NULL: there is none any more. */
const char *boot_command_path(const char **position, const char *end, size_t *ret_size);
