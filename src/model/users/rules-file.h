/* A file of firewall rules, read piece by piece: whether it asks for connection tracking, and what it includes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* Longer than each word that is looked for. */
#define RULES_WORD_SIZE 16

enum rules_place {
	RULES_TEXT,
	RULES_BEHIND_INCLUDE, /* the word include was read, and blanks perhaps */
	RULES_NAME,	      /* inside of the quoted name */
};

/* Start with `struct rules_file f = {0}`. Needs the same memory for a file of any size. */
struct rules_file {
	bool script; /* set by the caller: a shell's text, whose quotes hold commands */

	unsigned int
		asks; /* the first line that asks for connection tracking, from 1; 0: none so far */
	unsigned int ask_lines; /* how many lines do */
	bool long_name;		/* it includes a name that is longer than any path */

	/* The rest is the reader's own. */
	unsigned int lines; /* that have ended */
	enum rules_place place;
	bool started, comment; /* of this line: it has more than blanks; the rest is a comment */
	bool quoted, escaped;  /* of this line: inside of quotes; behind a backslash there */
	unsigned int last_ask; /* the last line that was counted */
	char previous;
	char word[RULES_WORD_SIZE];
	size_t word_length, name_length;
	char name[PATH_MAX]; /* last, because a reader of many short texts does not clear it */
};

/*
 * Reads the bytes of a piece up to end; the texts of nftables.conf and of iptables-save are understood. 1: it includes a file
 * or pattern, *ret is its absolute name (owned by the caller) and *position is behind it; a relative name is looked for
 * in /etc, and "./" is / in a service. 0: the piece is read. -ENOMEM.
 */
MUST_CHECK int rules_file_read(struct rules_file *file, const char **position, const char *end,
			       char **ret);

/* Says that the last piece was read. */
void rules_file_end(struct rules_file *file);
