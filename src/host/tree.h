/* A directory handle (--root): read, list, change files all together or not at all. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "model/observed.h"

/*
 * Every access to files goes through a tree. Paths are absolute as seen inside it ("/etc/..."). Below a root other
 * than / no path leaves it: an absolute link or `..` is resolved inside, component by component, with the open
 * directories kept on a stack, so that nothing can be swapped underneath. Works on kernels without openat2.
 */
struct tree;

/* directory: "/" for the running host. -ENOENT, -ENOTDIR, -EACCES as open(2). */
MUST_CHECK int tree_open(const char *directory, struct tree **ret);
struct tree *tree_close(struct tree *tree);
static inline void tree_closep(struct tree **tree)
{
	*tree = tree_close(*tree);
}

/* "" for the running host, else the root as it was given, without a trailing slash: to name files in messages. */
const char *tree_prefix(const struct tree *tree);

/*
 * Reads a whole regular file, following links inside the tree. *ret_bytes is NUL-terminated, owned by the caller.
 * -ENOENT: not there, nor a link to nowhere (-ENOLINK); -EISDIR: a directory; -EINVAL: FIFO, socket, device;
 * -EFBIG: over limit bytes; -ELOOP: too many links; -EACCES, -EIO ... as read(2). Never blocks on a FIFO.
 * /dev/null reads as an empty file, so that a masked drop-in is empty.
 */
MUST_CHECK int tree_read(const struct tree *tree, const char *path, size_t limit, char **ret_bytes,
			 size_t *ret_size);

/*
 * Looks at a path without following a link in its last part; absent (also: a parent is absent) is an answer, not an
 * error. The content of a regular file of up to limit bytes comes along, -EFBIG beyond; clear with
 * observed_file_clear().
 */
MUST_CHECK int tree_look(const struct tree *tree, const char *path, size_t limit, struct observed_file *ret);

/*
 * Names in a directory that end in suffix and do not start with a dot, sorted in byte order. A missing directory is
 * an empty list. Free with tree_names_free().
 */
MUST_CHECK int tree_list(const struct tree *tree, const char *path, const char *suffix, char ***ret_names,
			 size_t *ret_count);
void tree_names_free(char **names, size_t count);

/* The directories above path that are not there, outermost first; to be recorded before they are made. */
MUST_CHECK int tree_missing_directories(const struct tree *tree, const char *path, char ***ret_names,
					size_t *ret_count);

enum change_kind {
	CHANGE_WRITE,  /* a regular file */
	CHANGE_LINK,   /* a symbolic link; bytes is its target */
	CHANGE_REMOVE, /* the file goes away */
};

/* One file of a transaction. Nothing here is owned. */
struct file_change {
	enum change_kind kind;
	const char *path;
	mode_t mode;	   /* of CHANGE_WRITE */
	uid_t uid;	   /* (uid_t)-1: as created; only root can give files away */
	gid_t gid;
	const char *bytes; /* CHANGE_WRITE: content; CHANGE_LINK: target, NUL-terminated */
	size_t size;
	const struct observed_file *seen; /* what tree_look() found there: what may be replaced */
};

/* Where a transaction failed. path points into the changes; operation is a static word such as "write". */
struct change_failure {
	const char *path;
	const char *operation;
	bool put_back; /* what had been changed is as it was; false: see left_path */
	const char *left_path; /* put_back false: the first file that could not be put back */
};

/*
 * Carries out all changes or none. First every new file is written beside its place (missing directories 0755 are
 * made), with its mode and owner, and synced: a full disk shows itself before anything visible has changed. Then each
 * takes its place by a rename that keeps the old file until all are done; then the old ones go and the directories
 * are synced. On failure everything, directories included, is put back.
 * The caller holds tree_lock(). Temporary names start with a dot and end in ".conntrack-persist~"; remains of a crash are
 * cleared away.
 * Returns 0, or the negative errno with *ret_failure set: -ESTALE: the file is no longer what `seen` says (somebody
 * edited it meanwhile); -EROFS, -ENOSPC, -EDQUOT, -EACCES, -EPERM, -EIO ... of the call.
 */
MUST_CHECK int tree_commit(struct tree *tree, const struct file_change *changes, size_t count,
			   struct change_failure *ret_failure);

/* Removes temporary files that a crash left beside these paths; the caller holds tree_lock(). */
MUST_CHECK int tree_sweep(struct tree *tree, const char *const *paths, size_t count);

/* Removes a directory if it is there and empty: 1 removed, 0 not there or not empty. */
MUST_CHECK int tree_remove_directory(struct tree *tree, const char *path);

/*
 * Takes the lock that keeps install and uninstall from running into each other: flock(2) on the directory itself,
 * made (0755, with its parents) if it is not there, so that no lock file is left behind. Waits at most timeout_ms:
 * -ETIMEDOUT. The holder may remove the directory; whoever waited for it notices and begins again.
 * *ret_lock is a descriptor: closing it releases the lock. *ret_made_directory tells whether the directory was made, so
 * that a run which then changes nothing can take it away again.
 */
MUST_CHECK int tree_lock(struct tree *tree, const char *directory, int timeout_ms, int *ret_lock,
			 bool *ret_made_directory);
