/* A transaction under way: what tree-stage.c prepares and tree-commit.c carries out. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "host/files/tree-internal.h"

#define SUFFIX	   ".conntrack-persist~"
#define SUFFIX_OLD ".conntrack-persist-old~"

/* One change under way. Before publishing, `temporary` is the new file; after it, the old one. */
struct tree_job {
	const struct file_change *change;
	struct tree_place place; /* unset while its directory is missing */
	size_t directory;	 /* index among those to be synced */
	char temporary[NAME_MAX + 1];
	char old[NAME_MAX + 1]; /* the old one, where names cannot be exchanged */
	int staged;		/* the new one, held open; -1: there is none */
	dev_t device;		/* which file the new one is */
	ino_t inode;
	bool published, old_apart;
};

/* A directory in which something changes, opened for fsync(2) while failing costs nothing yet. */
struct directory {
	int fd;
	dev_t device;
	ino_t inode;
	const char *path; /* of the first change in it */
	bool dirty;	  /* a name in it has changed since it was synced */
};

struct transaction {
	struct tree *tree;
	struct tree_job *jobs;
	size_t count;
	struct directory *directories;
	size_t directory_count;
	struct tree_place *made; /* directories made, in that order */
	size_t made_count;
};

static inline bool job_was_there(const struct tree_job *job)
{
	return job->change->seen->kind != FILE_ABSENT;
}

/* Removing what is not there. */
static inline bool job_is_nothing(const struct tree_job *job)
{
	return job->change->kind == CHANGE_REMOVE && !job_was_there(job);
}

/* ".NAME" and the suffix; -ENAMETOOLONG. */
MUST_CHECK int format_temporary(const char *name, const char *suffix,
				char ret[static NAME_MAX + 1]);

/*
 * Whether what lies under this name beside the place is what the change was planned against. moved:
 * it has been given a name, as a result of which it may be another inode.
 */
MUST_CHECK int job_verify(const struct tree_job *job, const char *name, bool moved);

/* Refuses what can be refused while nothing has been touched, be it a timestamp. */
MUST_CHECK int job_check(struct transaction *t, struct tree_job *job);

/* Whether the new file can have its label; nothing is made yet. */
MUST_CHECK int job_label(struct transaction *t, struct tree_job *job);

/* Makes the directories that are missing and writes the new file beside its place. */
MUST_CHECK int job_stage(struct transaction *t, struct tree_job *job);
