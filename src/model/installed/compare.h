/* Plan against observed: ordered differences, each with its reason. */
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
	STATE_DIFFERS,	/* ours, from another configuration */
	STATE_ACCESS,	/* ours to the byte, with another mode or owner */
	STATE_EDITED,	/* ours, changed by somebody since */
	STATE_FOREIGN,	/* not ours */
	STATE_MASKED,	/* a link to /dev/null: switched off by the administrator */
	STATE_LEFTOVER, /* ours, not of this mode */
	STATE_OUTDATED, /* ours, of an earlier version, with the values of the plan */
	STATE_UNUSABLE, /* a directory, FIFO, socket or device */
};

enum file_action {
	ACTION_NONE,
	ACTION_CREATE,
	ACTION_UPDATE,
	ACTION_REMOVE,
};

/* What lies at one path; the path and the file are the caller's. */
struct observed_path {
	const char *path;
	struct observed_file file;
};

/* Points into plan and installed. */
struct file_difference {
	const char *path;
	const struct artifact *wanted; /* NULL: shall not be there */
	const struct observed_file *seen;
	enum file_state state;
	enum file_action action;
	bool needs_force; /* an edit or somebody else's file would be lost: a copy is kept if forced */
};

/* Whether it is drift: a file of an earlier version that still does its work is none, though install writes it anew. */
bool file_differs(const struct file_difference *difference);

/* The words of the reports and of JSON. */
const char *file_state_to_string(enum file_state state);
const char *file_action_to_string(enum file_action action);
const char *file_state_describe(enum file_state state);

/*
 * One difference a path, in the order of the paths; also those where nothing differs. plan NULL: nothing shall be
 * there (uninstall). owned_by_root: judge owner and group as well (the running host). ret has room for count.
 */
void compare_files(const struct plan *plan, const struct manifest *manifest,
		   const struct observed_path *installed, size_t count, bool owned_by_root,
		   struct file_difference *ret);
