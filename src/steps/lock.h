/*
 * Takes the locks that keep runs of this program apart, and removes the lock's files and
 * directories.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

/* Initialize with `.fd = -1`. */
struct lock {
	struct tree *tree;
	const char *directory; /* NULL: the lock is not held */
	int fd;
	/* the directories that were made for the lock, outermost first */
	struct names made;
};

/*
 * Takes the lock; waits at most half a minute, then reports who holds it. directory: PATH_STATE for
 * install and uninstall, PATH_RUNTIME for files below /run. A run that takes both must take
 * PATH_STATE first. Signals are held from here to the end of the run, so that its changes are
 * completed or put back; during the wait a signal ends the run. The caller releases *ret.
 */
enum exit_code lock_take(struct context *context, const char *directory, struct lock *ret);

/* Reports that a signal has ended the run and that nothing was changed. */
void report_interruption(struct context *context);

/*
 * Takes the lock for work that can be left out: waits at most a second and reports nothing. Returns
 * whether the lock was taken.
 */
bool lock_try(struct context *context, const char *directory, struct lock *ret);

/*
 * Removes the lock's file, because nothing is installed any more. The lock stays held. Negative
 * errno as unlinkat(2).
 */
MUST_CHECK int lock_remove(const struct lock *lock);

/*
 * Releases the lock. Also removes its file if nothing is installed, and directories that were made
 * for it if they are empty.
 */
void lock_release(struct lock *lock);
