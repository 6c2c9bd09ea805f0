/* The list of file changes that a doing verb hands to the tree, with the texts it owns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/files/tree.h"
#include "model/installed/observed-file.h"
#include "steps/comparison.h"
#include "steps/lock.h"

/* One more file that had to be looked at: a copy, or the place for one. */
struct looked_at {
	char *path;
	struct observed_file file;
	struct artifact back; /* the copy as what shall be there again; borrows what it points to */
};

struct changeset {
	struct file_change *items;
	size_t count;
	struct looked_at *looked;
	size_t looked_count;
};

/* Room for so many changes; -ENOMEM. */
MUST_CHECK int changeset_new(size_t room, struct changeset *ret);
void changeset_done(struct changeset *changes);

void changeset_add(struct changeset *changes, const struct file_change *change);

/* Looks at a path; the result lives as long as the changes. Negative errno as tree_look(). */
MUST_CHECK int changeset_look(struct changeset *changes, const struct tree *tree, const char *path,
			      struct looked_at **ret);

/* Whether the one is what changeset_keep() makes of the other. */
bool changeset_is_copy(const struct observed_file *copy, const struct observed_file *of);

/*
 * Finds the copy of what lies at a path now, as it is; or, absent, the place where it would be kept. Negative errno as
 * tree_look(); -EEXIST: too many copies.
 */
MUST_CHECK int changeset_find_copy(struct changeset *changes, const struct tree *tree,
				   const struct file_difference *difference,
				   const struct looked_at **ret);

/*
 * Adds a copy of what --force is about to take away, under a name of its own below PATH_REPLACED, and says so. The
 * very same copy, of a run that was killed, is used again.
 * *ret_copy lives as long as the changes. Negative errno as tree_look(); -EEXIST: too many copies.
 */
MUST_CHECK int changeset_keep(struct context *context, struct changeset *changes,
			      const struct file_difference *difference, const char **ret_copy);

/* Adds the change that makes `path` what `like` is. seen: what lies there now. */
void changeset_add_like(struct changeset *changes, const char *path,
			const struct observed_file *like, const struct observed_file *seen);

/* Clears away temporary files of a run that was killed, under the lock. Negative errno as tree_sweep(). */
MUST_CHECK int changeset_sweep(struct context *context);

/* Carries them out under the lock; reports a failure. */
enum exit_code changeset_commit(struct context *context, const struct changeset *changes);

/*
 * What is made from here on gets the labels of SELinux's policy; reports where that cannot be. Before anything is made,
 * be it the directory of the lock.
 */
enum exit_code changeset_use_labels(struct context *context);

/*
 * Takes the lock of install and uninstall, and has new files labelled from here on. Refuses directories that others may
 * write to, because they could put another file in the place of the lock, or a manifest of their own beside it.
 */
enum exit_code changeset_lock(struct context *context, struct lock *ret);
