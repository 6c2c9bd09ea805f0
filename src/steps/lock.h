/* The locks that keep runs of this program apart, with what they leave behind. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "steps/context.h"

/* Start with `.fd = -1`. */
struct lock {
	struct tree *tree;
	const char *directory; /* NULL: not held */
	int fd;
	/* Directories that were not there before, outermost first. */
	char **made;
	size_t made_count;
};

/*
 * Waits half a minute at most; reports why the lock cannot be had, and by whom it is held. directory: PATH_STATE of install
 * and uninstall, PATH_RUNTIME of what is written below /run. A run that takes both takes PATH_STATE first. Signals are held
 * from here to the end of the run, so that what is begun is carried out or put back; a wait for the lock ends by one.
 */
enum exit_code lock_take(struct context *context, const char *directory, struct lock *ret);

/* Reports that a signal which is held has ended the run, and that nothing was changed. */
void report_interruption(struct context *context);

/* Waits a second at most, and says nothing: for what can be left out. */
bool lock_try(struct context *context, const char *directory, struct lock *ret);

/* Removes the file of the lock, which stays held: nothing is installed any more. Negative errno of unlinkat(2). */
MUST_CHECK int lock_remove(const struct lock *lock);

/* Also removes the file if nothing is installed, and what was made for the lock if nothing else lies there now. */
void lock_release(struct lock *lock);
