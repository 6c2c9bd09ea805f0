/* Finds the lines of all sysctl.d files that set a kernel value, and the one that wins. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text-file.h"
#include "model/config/schema.h"
#include "model/plan/sizes.h"
#include "model/sources/assignments.h"

/* Longer values are cut, because the kernel reads only about the first 20 characters. */
#define SYSCTL_VALUE_MAX 255U

/*
 * One assignment to a key. The list has the order in which the reader writes. systemd-sysctl writes
 * each key once: the last assignment at its place, or the one before at its place if both have the
 * same value.
 */
struct sysctl_writer {
	const char *path;  /* path of the file; not owned */
	unsigned int line; /* from 1 */
	char *value;	   /* owned, as written */
	bool wins;
};

/*
 * How many lines for one key are listed. More are only counted, but the line that wins is always
 * listed, as the last. A normal host has two or three.
 */
#define SYSCTL_WRITERS_MAX 100U

struct sysctl_writers {
	struct sysctl_writer *items;
	size_t count;
	size_t left_out;
};
void sysctl_writers_done(struct sysctl_writers *writers);

/* One value of the kernel with all its names. */
struct sysctl_knob {
	const char *const *names; /* with slashes: "net/netfilter/nf_conntrack_max" */
	size_t name_count;
	const struct schema_row *row; /* its bounds; NULL: any number is accepted */
	/* of the kernel, because older ones have wider bounds; NULL: unknown */
	const struct facts *facts;
};

/*
 * The first line whose key was not compared, because the bounds of model/sources/sysctl-keys.h were
 * exceeded; path NULL: there is none.
 */
struct sysctl_cut {
	const char *path; /* not owned */
	unsigned int line;
};

/*
 * Returns whether the kernel may accept the value. A value that every kernel refuses changes
 * nothing.
 */
bool sysctl_is_taken(const struct sysctl_knob *knob, const char *value);

/*
 * Finds the lines that set each knob, in files of all directories in any order: masking, sorting
 * and the reader's order of writes are done here. The names of the knobs must differ; each is
 * assumed to exist, because patterns match only existing files. In each list `wins` is set for the
 * line whose value is live after the reader has run, if there is one: the last one that the kernel
 * accepts. writers: an empty list for each knob; release with sysctl_writers_done(). ret_cut may be
 * NULL. Each text is read once, whatever the number of knobs. Returns -ENOMEM with empty lists.
 *
 * Not implemented: ".." in a key; patterns behind "-key", which procps knows from 4.0.5 on.
 */
MUST_CHECK int sysctl_writers_find(const struct text_file *files, size_t count,
				   enum sysctl_reader reader, const struct sysctl_knob *knobs,
				   size_t knob_count, struct sysctl_writers *writers,
				   struct sysctl_cut *ret_cut);
