/* Who sets a kernel value among all sysctl.d files, and whose value is in force after their reader has run. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text-file.h"
#include "model/config/schema.h"
#include "model/plan/sizes.h"
#include "model/sources/assignments.h"

/* Longer values are cut: the kernel looks at the first 20 characters or so, and nobody reads the rest of them. */
#define SYSCTL_VALUE_MAX 255U

/*
 * One assignment to the key, in the order in which the reader makes them. systemd-sysctl makes only one of those with
 * the same key: the last, in its place; and if that says the value of the one before, the one before, in its.
 */
struct sysctl_writer {
	const char *path;  /* of the file, the caller's text */
	unsigned int line; /* from 1 */
	char *value;	   /* owned, as written */
	bool wins;
};

/*
 * Lines that set one key beyond this number are counted; the one that wins is listed all the same, as the last. A host's own
 * files set a key two or three times.
 */
#define SYSCTL_WRITERS_MAX 100U

struct sysctl_writers {
	struct sysctl_writer *items;
	size_t count;
	size_t left_out;
};
void sysctl_writers_done(struct sysctl_writers *writers);

/* One value of the kernel, by all the names that it has. */
struct sysctl_knob {
	const char *const *names; /* with slashes: "net/netfilter/nf_conntrack_max" */
	size_t name_count;
	const struct schema_row *row; /* its bounds; NULL: any number will do */
	const struct facts *facts; /* older kernels have wider ones; NULL: of an unknown kernel */
};

/* The first line whose key was not compared, because the bounds of model/sources/sysctl-keys.h were passed; path NULL: none. */
struct sysctl_cut {
	const char *path; /* the caller's text */
	unsigned int line;
};

/* Whether some kernel that this may be takes the value; what every one refuses changes nothing. */
bool sysctl_is_taken(const struct sysctl_knob *knob, const char *value);

/*
 * Finds the writers of all knobs, which have different names, in files of all directories in any order: masking, sorting and
 * the reader's order of writes happen here. Each name is assumed to exist, because a pattern reaches only what exists. Lower
 * files that are masked have no writers. In each list `wins` is set on the writer whose value is in force after the reader has
 * run, if any: the last that the kernel takes. writers: an empty list for each knob, which sysctl_writers_done() frees.
 * ret_cut may be NULL. Each text is read once, whatever the number of knobs. -ENOMEM, and the lists are empty.
 *
 * Not followed: ".." in a key; patterns behind "-key", which procps knows from 4.0.5 on.
 */
MUST_CHECK int sysctl_writers_find(const struct text_file *files, size_t count,
				   enum sysctl_reader reader, const struct sysctl_knob *knobs,
				   size_t knob_count, struct sysctl_writers *writers,
				   struct sysctl_cut *ret_cut);
