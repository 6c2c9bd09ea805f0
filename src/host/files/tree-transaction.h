/*
 * Describes a transaction in progress: tree-stage.c prepares it, and tree-commit.c carries it out.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "host/files/tree-internal.h"

#define SUFFIX	   ".conntrack-persist~"
#define SUFFIX_OLD ".conntrack-persist-old~"

/* One change in progress. Before publishing, `temporary` is the new file; after it, the old one. */
struct tree_job {
	const struct file_change *change;
	struct tree_place place; /* unset while its directory is missing */
	size_t directory;	 /* index among those to be synced */
	char temporary[NAME_MAX + 1];
	char old[NAME_MAX + 1]; /* the old file, if names cannot be exchanged */
	int staged;		/* the new file, held open; -1: there is none */
	dev_t device;		/* identity of the new file */
	ino_t inode;
	bool published, old_apart;
};

/* A directory that has a change, opened for fsync(2) at a time when a failure costs nothing. */
struct directory {
	int fd;
	dev_t device;
	ino_t inode;
	const char *path; /* of the first change in it */
	bool dirty;	  /* a name in the directory has changed since the last sync */
};

struct transaction {
	struct tree *tree;
	struct tree_job *jobs;
	size_t count;
	struct directory *directories;
	size_t directory_count;
	struct tree_place *made; /* the directories that were made, in this order */
	size_t made_count;
};

static inline bool job_was_there(const struct tree_job *job)
{
	return job->change->seen->kind != FILE_ABSENT;
}

/* Returns whether the change removes a file that does not exist. */
static inline bool job_is_nothing(const struct tree_job *job)
{
	return job->change->kind == CHANGE_REMOVE && !job_was_there(job);
}

/* Makes ".NAME" with the suffix. -ENAMETOOLONG. */
MUST_CHECK int format_temporary(const char *name, const char *suffix,
				char ret[static NAME_MAX + 1]);

/*
 * Returns whether the file of this name beside the place is the one that the change was planned
 * for. moved: the file has been renamed, so that it may have another inode.
 */
MUST_CHECK int job_verify(const struct tree_job *job, const char *name, bool moved);

/* Refuses a change, if it can be refused, before anything is touched, even a timestamp. */
MUST_CHECK int job_check(struct transaction *t, struct tree_job *job);

/* Checks that the new file can have its label; makes nothing yet. */
MUST_CHECK int job_label(struct transaction *t, struct tree_job *job);

/* Makes the directories that are missing and writes the new file beside its place. */
MUST_CHECK int job_stage(struct transaction *t, struct tree_job *job);
