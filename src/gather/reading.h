/*
 * Reads files that others wrote, within bounds, and notes by name the files that it did not read.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"

/* Bounds for one kind of files together; each file has FILE_SIZE_MAX. */
#define READING_BYTES_MAX (16U << 20)
#define READING_FILES_MAX 10000U

/*
 * Start with `struct reading r = {.gathering = gathering, .kind = "sysctl.d"}`. Use one for each
 * kind and each run over its files.
 */
struct reading {
	const struct gathering *gathering;
	const char *kind; /* as messages name it */
	bool of_program;  /* another program's files, which may be only for root */
	bool is_held;	  /* the caller holds the texts for the whole run */
	size_t files, bytes;
	bool full; /* a bound was passed and noted; no further file is read */
};

/*
 * Reads a whole text, following links; the caller owns *ret. A file that was read before in this
 * run is not opened again if its text was kept (KEPT_BYTES_MAX). *ret is unchanged if the file's
 * own reader would find nothing (no file, a directory, a dangling link), and also if the file could
 * not be read or a bound was passed, which is noted. -ENOMEM.
 */
MUST_CHECK int reading_file(struct reading *reading, const char *path, char **ret);

/*
 * As reading_file(), for a script. *ret_runs: whether its mode lets any user execute it; unchanged
 * if there is no file. *ret becomes "" for a program that is no script, whatever its size.
 */
MUST_CHECK int reading_script(struct reading *reading, const char *path, bool *ret_runs,
			      char **ret);

/*
 * Counts a file that the caller reads itself. Returns 1, or 0 if that is one file too many, which
 * is noted.
 */
int reading_count_file(struct reading *reading, const char *path);

/* Returns whether the errno means that the file's own reader would find nothing to read. */
bool reading_is_none(int error);

/*
 * Lists a folder as tree_list() does. A folder that cannot be listed gives an empty list and is
 * noted. -ENOMEM.
 */
MUST_CHECK int reading_list(struct reading *reading, const char *folder, const char *suffix,
			    struct names *ret);

/* Does the same, and gives the path of each name. */
MUST_CHECK int reading_paths(struct reading *reading, const char *folder, const char *suffix,
			     struct names *ret);

/*
 * Reads the kernel command line. Returns "" in ret if it cannot be read, which is noted, or if this
 * run does not look at the running kernel.
 */
void reading_command_line(const struct gathering *gathering, char *ret, size_t size);

/*
 * Notes that a file was not read, by an errno or by a text that gives the reason and says what to
 * do.
 */
void reading_fail(const struct reading *reading, const char *path, int error);
void reading_refuse(const struct reading *reading, const char *path, const char *reason);

/* Names what could not be read, for the caller's message. The caller owns it. */
struct read_failure {
	char *path;
};
void read_failure_done(struct read_failure *failure);

/* Sets failure->path to the prefix and the path. Returns error, or -ENOMEM. */
int read_failure_set(struct read_failure *failure, const char *prefix, const char *path, int error);
