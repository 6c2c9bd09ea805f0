/* Reads, lists and changes files below a directory handle (--root), all together or not at all. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/names.h"
#include "model/installed/observed-file.h"

/*
 * Every access to files goes through a tree. Paths are absolute as seen inside it ("/etc/...");
 * slashes at their end do not count. Below a root other than / no path leaves it: an absolute link
 * or `..` is resolved inside, component by component, with the open directories kept on a stack, so
 * that nothing can be swapped underneath. At most 40 links and 64 directories deep. Works on
 * kernels without openat2(2).
 *
 * Everything returns a negative errno on failure and leaves what ret_ points to as it was.
 */
struct tree;

/*
 * Opens a tree. directory: a path as the shell resolves it, relative to the working directory; "/",
 * or any name of the same directory, stands for the running host. -ENOENT, -ENOTDIR, -EACCES as
 * open(2).
 */
MUST_CHECK int tree_open(const char *directory, struct tree **ret);
/*
 * From here on no mount below the root is crossed, because a file system that is mounted there,
 * perhaps from the host, is no part of the image. Paths below /run, /proc, /sys and /dev do not
 * exist then, because each boot mounts these again; any other path on a mount fails with -EXDEV.
 * Does nothing for the running host. Negative errno as of statx(2).
 */
MUST_CHECK int tree_confine(struct tree *tree);

/*
 * Finds the outermost mount on the way to a path that fails with -EXDEV. The caller owns the text.
 * -ENOENT: the mount has gone.
 */
MUST_CHECK int tree_find_mount(const struct tree *tree, const char *path, char **ret);

struct tree *tree_close(struct tree *tree);
static inline void tree_closep(struct tree **tree)
{
	*tree = tree_close(*tree);
}

/*
 * Returns "" for the running host, else the root as it was given, without a trailing slash, for the
 * names of files in messages.
 */
const char *tree_prefix(const struct tree *tree);

/*
 * From here on, new files on the running host get the label that SELinux's policy has for their
 * path. Does nothing without SELinux, and below a root, because the builder of an image labels it.
 * Negative errno as labels_open().
 */
MUST_CHECK int tree_use_labels(struct tree *tree);

/* Returns the first path that could not have its label while SELinux is permissive, or NULL. */
const char *tree_unlabelled(const struct tree *tree);

/*
 * Reads a whole regular file, following links inside the tree. *ret_bytes is NUL-terminated, owned
 * by the caller. -ENOENT: not there; -ENOLINK: a link to nowhere; -EISDIR: a directory; -EINVAL:
 * FIFO, socket, device, which is not opened; -EFBIG: over limit bytes; -ELOOP: too many links;
 * -ENOTDIR, -EACCES, -EIO ... as open(2) and read(2). /dev/null reads as an empty file, so that a
 * masked drop-in is empty; below a root a link to /dev/null does so too, and no device is needed.
 */
MUST_CHECK int tree_read(const struct tree *tree, const char *path, size_t limit, char **ret_bytes,
			 size_t *ret_size);

/*
 * Reads where a symbolic link at this path leads, without following it; the caller owns *ret.
 * -EINVAL: it is no link.
 */
MUST_CHECK int tree_read_link(const struct tree *tree, const char *path, char **ret);

/*
 * As tree_read(), for a file that a user may execute: sets *ret_mode to its permissions, also if it
 * cannot be read. An executable of the linker, which begins with "\177ELF", has no text for us: ""
 * is returned whatever its size.
 */
MUST_CHECK int tree_read_script(const struct tree *tree, const char *path, size_t limit,
				mode_t *ret_mode, char **ret_bytes, size_t *ret_size);

/*
 * Opens the same file for reading, for one that is too large to be held in memory; -EINVAL also for
 * /dev/null. The caller must close *ret_fd.
 */
MUST_CHECK int tree_open_file(const struct tree *tree, const char *path, int *ret_fd);

/*
 * Reads the kind and content of a path without following a link in its last part. A missing file
 * (also: a directory above it is missing) is an answer, not an error; -ENOTDIR: a file lies where a
 * directory should be above it. Reads the content of a regular file of up to limit bytes, too;
 * -EFBIG: it has more, -EACCES: it cannot be read. Clear with observed_file_clear().
 */
MUST_CHECK int tree_look(const struct tree *tree, const char *path, size_t limit,
			 struct observed_file *ret);

/* Returns whether a directory is at this path; false for a link to one. Opens nothing. */
bool tree_is_directory(const struct tree *tree, const char *path);

/* The most names that tree_list() returns. */
#define TREE_NAMES_MAX 10000U

/*
 * Lists the names in a directory that end in suffix and do not start with a dot, sorted in byte
 * order. A missing directory is an empty list. -EOVERFLOW: there are more than TREE_NAMES_MAX such
 * names, or more than ten times as many of any kind; -ENOTDIR, -ELOOP, -EACCES ... as open(2).
 */
MUST_CHECK int tree_list(const struct tree *tree, const char *path, const char *suffix,
			 struct names *ret);

/*
 * Lists the directories above path that do not exist, outermost first, so that they can be recorded
 * before they are made. -ENOLINK: a link to nowhere lies in the place of one, so that nothing can
 * be made there; -ENOTDIR: a file does.
 */
MUST_CHECK int tree_missing_directories(const struct tree *tree, const char *path,
					struct names *ret);

/* A directory that others than root could change. */
struct loose_directory {
	char *name; /* owned */
	mode_t mode;
	uid_t uid;
	bool by_acl; /* an access control list lets others write, and nothing else does */
};

/*
 * Finds the outermost directory above path that another user than root owns or may write to,
 * because that user can replace the files there. Returns 1 with *ret set, or 0 if there is none.
 * Negative errno as of open(2) and fgetxattr(2).
 */
MUST_CHECK int tree_find_loose_directory(const struct tree *tree, const char *path,
					 struct loose_directory *ret);

enum change_kind {
	CHANGE_WRITE,  /* a regular file */
	CHANGE_LINK,   /* a symbolic link; bytes is its target */
	CHANGE_REMOVE, /* the file is removed; nothing is done if it was absent and still is */
};

/* One file of a transaction. The struct owns nothing. */
struct file_change {
	enum change_kind kind;
	const char *path;
	mode_t mode; /* of CHANGE_WRITE; exactly this, whatever the umask, but never a set-id bit */
	uid_t uid;   /* of CHANGE_WRITE; (uid_t)-1: as created; only root can give files away */
	gid_t gid;
	const char *bytes; /* CHANGE_WRITE: content; CHANGE_LINK: target, NUL-terminated */
	size_t size;
	/* the file that tree_look() found there and that may be replaced */
	const struct observed_file *seen;
};

/*
 * The place where a transaction failed. path points into the changes; operation is a static word or
 * two such as "write", to stand between "cannot" and the path.
 */
struct change_failure {
	const char *path;
	const char *operation;
	bool put_back;	       /* every change was undone; false: see left_path */
	const char *left_path; /* put_back false: the first file that could not be put back */
};

/*
 * Carries out all changes, of different files, or none. First every place is compared with `seen`.
 * Then every new file is written beside its place (missing directories are made, 0755 whatever the
 * umask), with its mode and owner, and synced: a full disk shows itself before anything visible has
 * changed. Then each takes its place, in the order given, by a rename that keeps the old file until
 * all are done, and what was removed is compared with `seen` once more, its content too (on
 * overlayfs, which may copy what is moved, that instead of the inode). The directories are synced
 * and the old files go. On failure everything, directories included, is put back; a file that
 * another program has put in the place of a new one meanwhile stays there, and put_back is false. A
 * crash leaves some new and some old files, each whole: have a copy stand before the change of what
 * it is a copy of. The caller holds tree_lock(). Temporary names start with a dot and end in
 * ".conntrack-persist~" or ".conntrack-persist-old~"; remains of a crash are cleared away. Returns
 * 0, or the negative errno with *ret_failure set: -ESTALE: the file is no longer what `seen` says
 * (another program edited it meanwhile), or another run without the lock has taken the temporary
 * name; -EISDIR: a directory lies there; -EEXIST: two changes of one file; -ENOLINK, -ENOTDIR: see
 * tree_missing_directories(); -EROFS, -ENOSPC, -EDQUOT, -EACCES, -EPERM, -EIO ... of the call. What
 * cannot have its label, operation "label", fails before anything is touched.
 */
MUST_CHECK int tree_commit(struct tree *tree, const struct file_change *changes, size_t count,
			   struct change_failure *ret_failure);

/*
 * Removes temporary files that a crash left beside these paths. The caller must hold tree_lock().
 * On a read-only file system they stay, and that is no failure.
 */
MUST_CHECK int tree_sweep(struct tree *tree, const char *const *paths, size_t count);

/* Does the same for all temporary names in a directory; a missing directory has none. */
MUST_CHECK int tree_sweep_directory(struct tree *tree, const char *path);

/*
 * Returns whether a crash left a temporary file beside this path. Returns false if the place cannot
 * be read.
 */
bool tree_has_remains(const struct tree *tree, const char *path);

/* Returns whether a directory exists and is on a read-only file system or mount. */
bool tree_is_read_only(const struct tree *tree, const char *path);

/*
 * Removes a directory if it exists and is empty. Returns 1 if it was removed, 0 if it does not
 * exist, is not empty or is in use as a mount point.
 */
MUST_CHECK int tree_remove_directory(struct tree *tree, const char *path);

/* The reason why a lock could not be taken. */
struct lock_obstacle {
	pid_t holder;	   /* -ETIMEDOUT: the process that holds the lock; 0: not known */
	char command[128]; /* its command line, cut to fit; "": not known. Foreign text */
	const char *words; /* -EPERM: the fault of the file, to stand after its name; else NULL */
};

/* The name of the lock's file in its directory. */
#define LOCK_NAME "lock"

/*
 * Takes the lock that keeps runs of this program from running into each other: fcntl(2) on the file
 * "lock" of a directory, which is made (0755, with its parents) if it is not there. The file is
 * empty, belongs to this process's user and has mode 0600, so that no other user can open and hold
 * it. An empty file that others could have open (of another user, of a looser mode, with a second
 * name) is replaced. Waits at most timeout_ms, 0 for one try: -ETIMEDOUT. The holder may remove the
 * file and its directory; a run that waited for it notices and begins again. *ret_lock is a
 * descriptor: closing it, or another one of the same file, releases the lock; so a process must not
 * take one lock twice. -1: the file system is read-only, so that nothing can be changed there and
 * no lock is needed. *ret_made_directory: the directory was made. Negative errno: -ETIMEDOUT and
 * -EPERM with *ret_obstacle set; -EROFS: the directory is missing and cannot be made; -ENOLINK: see
 * tree_missing_directories(); as open(2).
 */
MUST_CHECK int tree_lock(struct tree *tree, const char *directory, int timeout_ms, int *ret_lock,
			 bool *ret_made_directory, struct lock_obstacle *ret_obstacle);

/*
 * Removes the file of a lock that is held. alone: only if the directory contains no other file.
 * lock: from tree_lock(); -1 does nothing.
 */
MUST_CHECK int tree_remove_lock(struct tree *tree, const char *directory, int lock, bool alone);
