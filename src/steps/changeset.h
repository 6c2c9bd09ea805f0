/* The list of file changes that a doing verb hands to the tree, with the texts it owns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/files/tree.h"
#include "model/installed/observed-file.h"
#include "steps/comparison.h"
#include "steps/lock.h"

/* A file beside the planned ones that was looked at: a copy, or the place for a copy. */
struct looked_at {
	char *path;
	struct observed_file file;
	/*
	 * The copy as a file to install in the place of the original. Borrows the bytes from
	 * `file`, and the path from the difference.
	 */
	struct artifact back;
};

struct changeset {
	struct file_change *items;
	size_t count;
	struct looked_at *looked;
	size_t looked_count;
};

/* Makes a list with room for `room` changes; the caller owns it. -ENOMEM. */
MUST_CHECK int changeset_new(size_t room, struct changeset *ret);
void changeset_done(struct changeset *changes);

void changeset_add(struct changeset *changes, const struct file_change *change);

/*
 * Looks at a path. *ret belongs to the list of changes and lives as long as the list. Negative
 * errno as tree_look().
 */
MUST_CHECK int changeset_look(struct changeset *changes, const struct tree *tree, const char *path,
			      struct looked_at **ret);

/* Returns whether `copy` is what changeset_keep() would make of `of`. */
bool changeset_is_copy(const struct observed_file *copy, const struct observed_file *of);

/*
 * Finds an existing copy of what lies at the difference's path now; if there is none, returns the
 * first free place for a copy, whose state is absent. *ret belongs to the list of changes. Negative
 * errno as tree_look(); -EEXIST: there are COPIES_MAX copies already.
 */
MUST_CHECK int changeset_find_copy(struct changeset *changes, const struct tree *tree,
				   const struct file_difference *difference,
				   const struct looked_at **ret);

/*
 * Adds a copy of the file that --force is about to replace, under a new name below PATH_REPLACED,
 * and reports it. If a run that was killed left the same copy, uses that one. *ret_copy lives as
 * long as the list of changes. Negative errno as tree_look(); -EEXIST: there are COPIES_MAX copies
 * already.
 */
MUST_CHECK int changeset_keep(struct context *context, struct changeset *changes,
			      const struct file_difference *difference, const char **ret_copy);

/*
 * Adds a change that gives `path` the content and attributes of `like`. seen: what lies at the path
 * now.
 */
void changeset_add_like(struct changeset *changes, const char *path,
			const struct observed_file *like, const struct observed_file *seen);

/*
 * Removes temporary files of a run that was killed. The caller must have the lock. Negative errno
 * as tree_sweep().
 */
MUST_CHECK int changeset_sweep(struct context *context);

/*
 * Carries the changes out, all or none; the caller must have the lock. Returns EXIT_FAILED,
 * reported, if that failed.
 */
enum exit_code changeset_commit(struct context *context, const struct changeset *changes);

/*
 * Gives files that this run makes the labels of SELinux's policy, and reports where that is
 * impossible. Call this before the run makes anything, the directory of the lock included.
 */
enum exit_code changeset_use_labels(struct context *context);

/*
 * Takes the lock of install and uninstall and lets new files get their SELinux labels. Refuses
 * directories that others than root may write to, because they could replace the lock or write a
 * manifest of their own beside it. The caller releases *ret.
 */
enum exit_code changeset_lock(struct context *context, struct lock *ret);
