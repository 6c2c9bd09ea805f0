/* Compares the plan with the files that were found: one difference a path, with its state. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/installed/manifest.h"
#include "model/installed/observed-file.h"
#include "model/plan/plan.h"

enum file_state {
	STATE_OK,
	STATE_MISSING,
	STATE_DIFFERS,	/* written by us from another configuration */
	STATE_ACCESS,	/* our content, but another mode or owner */
	STATE_EDITED,	/* written by us, then changed by another */
	STATE_FOREIGN,	/* not written by us */
	STATE_MASKED,	/* a link to /dev/null: the administrator disabled the file */
	STATE_LEFTOVER, /* written by us, but not part of this plan */
	STATE_OUTDATED, /* written by an earlier version, with the values of the plan */
	STATE_UNUSABLE, /* a directory, FIFO, socket or device */
};

enum file_action {
	ACTION_NONE,
	ACTION_CREATE,
	ACTION_UPDATE,
	ACTION_REMOVE,
};

/* The file that was found at one path. The caller owns both. */
struct observed_path {
	const char *path;
	struct observed_file file;
};

/* One difference. Points into plan and installed. */
struct file_difference {
	const char *path;
	const struct artifact *wanted; /* NULL: there should be no file */
	const struct observed_file *seen;
	enum file_state state;
	enum file_action action;
	/*
	 * whether replacing it would lose an edit or a foreign file: then --force is needed, and
	 * keeps a copy
	 */
	bool needs_force;
};

/*
 * Returns whether the difference is drift. A file of an earlier version that has the same effect is
 * not, although install rewrites it.
 */
bool file_differs(const struct file_difference *difference);

/* Returns the word for reports and JSON. */
const char *file_state_to_string(enum file_state state);
const char *file_action_to_string(enum file_action action);
const char *file_state_describe(enum file_state state);

/*
 * Compares each path, in the order of the paths; also those without a difference get an item in
 * ret, which must have room for count. plan NULL: there should be no files (uninstall).
 * owned_by_root: check owner and group too, as on the running host.
 */
void compare_files(const struct plan *plan, const struct manifest *manifest,
		   const struct observed_path *observed, size_t count, bool owned_by_root,
		   struct file_difference *ret);
