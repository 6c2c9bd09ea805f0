/* Finds other sources of the plan's values: file, line, when they write, and which one wins. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/shell-lines.h"
#include "model/runtime/load-blockers.h"
#include "model/runtime/runtime-values.h"
#include "model/sources/catalogue.h"
#include "model/sources/precedence.h"

struct writer {
	const struct value *value; /* the value that it sets; not owned */
	char *path;
	unsigned int line;
	char *text;	      /* owned; the value as written */
	unsigned int sources; /* set of enum source: which of them write it */
	/* set of enum source: after which of them its value is the live one */
	unsigned int wins;
	bool same;     /* whether it sets the configured value */
	bool computed; /* whether its value is known only when it runs: "$MAX" */
	/* whether it is known not to act now, because nothing starts it; it wins nothing */
	bool inactive;
	bool possible; /* whether it is unknown if it sets this value */
	/* whether the kernel refuses the value; the module does not load with such an option */
	bool refused;
	uint64_t made; /* the number that its program makes of the text; 0: the text's own */
	/* number of the previous writer of the same value, from 1; 0: it is the first */
	size_t before;
};

/* A line as a reader of one source found it. Nothing is owned. */
struct writer_line {
	const char *path;
	unsigned int number; /* 0: the source has no lines */
	const char *text;    /* the value as written */
	enum source source;
	bool computed, inactive, possible; /* as in struct writer */
	bool loses;			   /* whether its program reads our file behind it */
	uint64_t made;			   /* as in struct writer */
};

/*
 * How many lines of one kind are listed for one value, plus the last one. A normal host has two or
 * three.
 */
#define WRITERS_MAX SYSCTL_WRITERS_MAX

/* The number of the last writer of a value, from 1. */
struct writer_tail {
	const struct value *value;
	size_t last;
};

/* Start with `struct writers w = {0}`, and release with writers_done(). */
struct writers {
	const struct facts *facts; /* not owned; NULL: the kernel is unknown */
	struct writer *items;
	size_t count;
	struct writer_tail *tails;
	size_t tail_count;
	size_t left_out;	      /* lines beyond WRITERS_MAX that do not win */
	struct sysctl_cut sysctl_cut; /* see sysctl_writers_find() */
	bool out_of_memory;
};
void writers_done(struct writers *writers);

/*
 * Adds the lines of all files of sysctl.d; our own must be among them as planned, but is not
 * listed. See sysctl_writers_find().
 */
void writers_of_sysctl(const struct values *values, const struct text_file *files, size_t count,
		       struct writers *writers);

/* Adds the lines of modprobe.d, and then the kernel command line, which overrides them. */
void writers_of_modprobe(const struct values *values, const struct modprobe_records *records,
			 const char *command_line, struct writers *writers);

/*
 * Adds the "key = value" lines of one file that another program reads, after the lines added for
 * the same source before. section: of an INI file, or NULL. wins: whether values that the kernel
 * accepts are live afterwards.
 */
void writers_of_text(const struct values *values, const char *path, const char *text,
		     const char *section, enum source source, bool wins, struct writers *writers);

/*
 * Returns the value that this name means, or NULL: a key with dots or slashes, the path of a file
 * below /proc/sys, or that of a parameter of the module below /sys.
 */
const struct value *writers_find_value(const struct values *values, const char *name,
				       size_t length);

/*
 * Adds a line that sets a value after those added for the same source before. It wins unless it
 * loses, is inactive, or has a text that the kernel refuses.
 */
void writers_set(struct writers *writers, const struct value *value,
		 const struct writer_line *line);

/*
 * Adds what commands set. origin: the line of the first command, with the source. others: handles
 * the files and scripts that the commands name; its `set` is not called. Returns -ENOMEM or the
 * error of the visitor.
 */
MUST_CHECK int writers_of_shell(const struct values *values, const struct writer_line *origin,
				const char *text, size_t size, enum shell_form form,
				const struct shell_visitor *others, struct writers *writers);

/*
 * Adds what a file of udev rules sets: SYSCTL{}, ATTR{parameters/} and commands in RUN+=. udev
 * assigns keys in the order of the files, and runs the commands afterwards. others: as for
 * writers_of_shell().
 */
MUST_CHECK int writers_of_udev(const struct values *values, const char *path, const char *text,
			       const struct shell_visitor *others, struct writers *writers);

/* Adds what the lines of the type w in a file of tmpfiles.d write. */
void writers_of_tmpfiles(const struct values *values, const char *path, const char *text,
			 struct writers *writers);

/*
 * Adds what the commands of `install` lines set. modprobe runs the first one of a module, and none
 * if a softdep line names it. others: as for writers_of_shell().
 */
MUST_CHECK int writers_of_install_lines(const struct values *values,
					const struct modprobe_records *records,
					const struct shell_visitor *others,
					struct writers *writers);

/*
 * Adds a line of this source, or returns the writer if the line is listed already. Beyond
 * WRITERS_MAX the line replaces the previous one if `wins` is true, and is only counted otherwise.
 * Returns NULL if the line was only counted or memory is out, which is remembered.
 */
struct writer *writers_add(struct writers *writers, const struct value *value, const char *path,
			   unsigned int line, const char *text, enum source source, bool wins);

/* Must be called before a later line of the same source is added: earlier lines no longer win. */
void writers_take_win(struct writers *writers, const struct value *value, enum source source);

/* Returns the last writer of a value, or NULL; writers_before() leads to the others. */
const struct writer *writers_last(const struct writers *writers, const struct value *value);
/* Returns the writer of the same value that was added before this one, or NULL. */
const struct writer *writers_before(const struct writers *writers, const struct writer *writer);

/*
 * Returns whether the source overrides our value: it wins at some time with another value, and our
 * udev rule does not run afterwards. The rule corrects values that are set while the module loads,
 * except for expect_hashsize.
 */
bool writer_takes_away(const struct writer *writer);

/* Returns the first source that overrides this value, or NULL. */
const struct writer *writers_find_winner(const struct writers *writers, const struct value *value);

/* Values and the sources that set them; the writers point to the values. */
struct host_writers {
	struct values values;
	struct writers writers;
};
void host_writers_done(struct host_writers *found);
