/* Reads a file of firewall rules in pieces: lines that need connection tracking, and includes. */
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
	RULES_BEHIND_INCLUDE, /* behind the word include and any blanks */
	RULES_NAME,	      /* inside the quoted name */
};

/* The state of a reader, of the same size for any file. Start with `struct rules_file f = {0}`. */
struct rules_file {
	/* set by the caller: the file is a shell script, whose quotes contain commands */
	bool script;

	/* the first line that needs connection tracking, from 1; 0: none so far */
	unsigned int asks;
	unsigned int ask_lines; /* how many lines do */
	bool long_name;		/* whether it includes a name that is longer than any path */

	/* The members below are private. */
	unsigned int lines; /* complete lines so far */
	enum rules_place place;
	/* of the present line: whether it has more than blanks; whether the rest is a comment */
	bool started, comment;
	/* of the present line: whether inside quotes; whether behind a backslash there */
	bool quoted, escaped;
	unsigned int last_ask; /* the last line that was counted */
	char previous;
	char word[RULES_WORD_SIZE];
	size_t word_length, name_length;
	char name[PATH_MAX]; /* last, because a reader of many short texts does not clear it */
};

/*
 * Reads the bytes up to end, in the syntax of nftables.conf or iptables-save. Returns 1 at an
 * include, with its absolute name or pattern in *ret, which the caller must free, and *position
 * behind it; a relative name is below /etc, and "./" is / in a service. Returns 0 at the end of the
 * piece, or -ENOMEM.
 */
MUST_CHECK int rules_file_read(struct rules_file *file, const char **position, const char *end,
			       char **ret);

/* Must be called after the last piece. */
void rules_file_end(struct rules_file *file);
