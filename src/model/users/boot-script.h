/* Reads shell commands that run at boot: do they set firewall rules that need tracking? */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* The properties of one command. */
struct boot_command {
	/* whether it calls iptables, nft or a similar program, or looks like a rule of iptables */
	bool sets_rules;
	bool asks;	  /* whether it sets rules and names connection state or NAT */
	bool ipvs;	  /* whether it adds or restores virtual servers with ipvsadm */
	bool reads_input; /* whether it sets rules from a here-document, whose lines are rules */
	bool is_loader;	  /* whether the whole text is a file of rules: "#!/usr/sbin/nft -f" */
};

/*
 * Returns the length of a command: up to the end of its line, or of the last line that a backslash
 * joins to it. A comment is one line. Sets *ret_lines to the number of lines.
 */
size_t boot_line_size(const char *line, unsigned int *ret_lines);

/* Reads the command, which ends at size. Returns -ENOMEM. */
MUST_CHECK int boot_command_read(const char *line, size_t size, struct boot_command *ret);

/* Returns 1 if the words need connection tracking, wherever they are, 0 if not, or -ENOMEM. */
MUST_CHECK int boot_text_asks(const char *text, size_t size);

/*
 * Returns the next absolute path among the words, with its length in *ret_size, or NULL if there is
 * none.
 */
const char *boot_command_path(const char **position, const char *end, size_t *ret_size);
