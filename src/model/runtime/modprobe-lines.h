/* Finds the lines of modprobe.d text that concern nf_conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/text-file.h"

/* The texts are parts of `text` and end in NUL. */
struct modprobe_line {
	unsigned int number; /* of its first line, from 1 */
	char *command; /* "options", "install", "softdep", "blacklist", "remove", "alias" ... */
	char *name;    /* of the module, - as _; maybe "" */
	char *rest;    /* what follows the module's name, trimmed; maybe "" */
	bool carriage_return; /* one stands at its end, which libkmod takes for a part of the last word */
	struct buffer text; /* owned; the next call uses the memory again */
};
void modprobe_line_done(struct modprobe_line *line);

/*
 * Reads the next line about nf_conntrack from *position on (its name with - or _, or a pattern that matches it), continued
 * lines joined as libkmod does. Returns 1 if there is one, with *position and *number behind it, 0 at the end of the text, or
 * -ENOMEM. Start with *position at the text, *number 1 and a line of zeroes.
 */
MUST_CHECK int modprobe_line_next(const char **position, unsigned int *number,
				  struct modprobe_line *line);

/* The same for whatever module: the next line that is neither empty nor a comment. */
MUST_CHECK int modprobe_statement_next(const char **position, unsigned int *number,
				       struct modprobe_line *line);

/* Whether this line is about that module. */
bool modprobe_line_is_of(const struct modprobe_line *line, const char *module);

/* Whether this line is about nf_conntrack. */
bool modprobe_line_is_ours(const struct modprobe_line *line);

/* The modules that nf_conntrack does not load without. */
#define LOADING_NEEDS 2
extern const char *const load_needs[LOADING_NEEDS];

/*
 * A host's own files have a handful of lines about these modules, and hardly a pattern. These bounds hold what hostile files
 * cost: lines that are kept, and bytes of patterns that are matched.
 */
#define MODPROBE_RECORDS_MAX	   10000U
#define MODPROBE_PATTERN_BYTES_MAX 65536U

/* A line with options, install, softdep or blacklist of nf_conntrack or a module that it needs, and the file that has it. */
struct modprobe_record {
	const char *path; /* the caller's text */
	struct modprobe_line line;
};

/* All of them in reading order. Start with zeroes. */
struct modprobe_records {
	struct modprobe_record *items;
	size_t count;
	size_t pattern_bytes; /* that were matched */
	const char *
		cut_path; /* where the first line beyond the bounds stands; NULL: all lines are here */
	unsigned int cut_line;
};
void modprobe_records_done(struct modprobe_records *records);

/* Reads the files, in the order in which modprobe does, once for all questions. -ENOMEM. */
MUST_CHECK int modprobe_records_read(const struct text_file *files, size_t count,
				     struct modprobe_records *ret);
