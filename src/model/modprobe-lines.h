/* Finds the lines of modprobe.d text that concern nf_conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"

struct modprobe_line {
	unsigned int number; /* of its first line, from 1 */
	char *command; /* "options", "install", "softdep", "blacklist", "remove", "alias" ...; owned */
	char *name;    /* of the module, - as _; owned, maybe "" */
	char *rest;    /* what follows the module's name, trimmed; owned, maybe "" */
	bool carriage_return; /* one stands at its end, which libkmod takes for a part of the last word */
};
void modprobe_line_done(struct modprobe_line *line);

/*
 * The next line about nf_conntrack from *position on (its name with - or _, or a pattern that matches it), continued
 * lines joined as libkmod does. 1: found, *position and *number moved behind it; 0: none; -ENOMEM. Begin with *position
 * at the text and *number 1.
 */
MUST_CHECK int modprobe_line_next(const char **position, unsigned int *number,
				  struct modprobe_line *ret);

/* The same for whatever module: the next line that is neither empty nor a comment. */
MUST_CHECK int modprobe_statement_next(const char **position, unsigned int *number,
				       struct modprobe_line *ret);

/* Whether this line is about that module. */
bool modprobe_line_is_of(const struct modprobe_line *line, const char *module);

/* Whether this line is about nf_conntrack. */
bool modprobe_line_is_ours(const struct modprobe_line *line);
