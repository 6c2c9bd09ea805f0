/* Finds the lines of modprobe.d that concern nf_conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/text-file.h"

/* One line. The texts point into `text` and end in NUL. Release with modprobe_line_done(). */
struct modprobe_line {
	unsigned int number; /* the number of its first physical line, from 1 */
	char *command; /* "options", "install", "softdep", "blacklist", "remove", "alias" ... */
	char *name;    /* the name of the module with "_" for "-"; may be "" */
	char *rest;    /* the text behind the name of the module, trimmed; may be "" */
	/*
	 * whether the line ends in a carriage return, which libkmod takes as part of the last word
	 */
	bool carriage_return;
	struct buffer text; /* owned; the next call uses the memory again */
};
void modprobe_line_done(struct modprobe_line *line);

/*
 * Reads the next line about nf_conntrack: one with its name, with "-" or "_", or with a pattern
 * that matches the name. Continued lines are joined as libkmod joins them. Returns 1 if there is a
 * line, and moves *position and *number behind it; 0 at the end of the text; or -ENOMEM. Start with
 * *position at the text, *number 1 and a line of zeroes.
 */
MUST_CHECK int modprobe_line_next(const char **position, unsigned int *number,
				  struct modprobe_line *line);

/*
 * Reads the next line about any module: the next one that is neither empty nor a comment. Otherwise
 * as modprobe_line_next().
 */
MUST_CHECK int modprobe_statement_next(const char **position, unsigned int *number,
				       struct modprobe_line *line);

/* Returns whether the line is about this module. */
bool modprobe_line_is_of(const struct modprobe_line *line, const char *module);

/* Returns whether the line is about nf_conntrack. */
bool modprobe_line_is_ours(const struct modprobe_line *line);

/* The modules that nf_conntrack needs to load. */
#define LOADING_NEEDS 2
extern const char *const load_needs[LOADING_NEEDS];

/*
 * Bounds on the cost of hostile files: how many lines are kept, and how many bytes of patterns are
 * matched. The files of a normal host have a few lines about these modules, and hardly a pattern.
 */
#define MODPROBE_RECORDS_MAX	   10000U
#define MODPROBE_PATTERN_BYTES_MAX 65536U

/*
 * A line with options, install, softdep or blacklist for nf_conntrack or a module that it needs,
 * with its file.
 */
struct modprobe_record {
	const char *path; /* not owned */
	struct modprobe_line line;
};

/*
 * All such lines in the order in which modprobe reads them. Start with zeroes, and release with
 * modprobe_records_done().
 */
struct modprobe_records {
	struct modprobe_record *items;
	size_t count;
	size_t pattern_bytes; /* bytes of patterns that were matched */
	/* the file of the first line beyond the bounds; NULL: all lines were read */
	const char *cut_path;
	unsigned int cut_line;
};
void modprobe_records_done(struct modprobe_records *records);

/*
 * Reads the files, which must be in the order in which modprobe reads them. The records point to
 * the paths. Returns -ENOMEM.
 */
MUST_CHECK int modprobe_records_read(const struct text_file *files, size_t count,
				     struct modprobe_records *ret);
