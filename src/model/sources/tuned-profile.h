/* Profiles of tuned: one file as tuned reads it, and several merged into one as tuned does it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* The most settings of connection tracking, sections among them, that are kept of all profiles. */
#define TUNED_SETTINGS_MAX 1000U

/*
 * Start with `struct tuned_profile p = {0}`. Kept are only settings that can concern connection
 * tracking.
 */
struct tuned_profile {
	/*
	 * {SECTION: {"type": text, "off": bool, "replace": bool, "drop": text, "settings": {KEY:
	 * [{"value": text, "path": text, "line": number, "possible": bool} ...]}} ...}; a key has
	 * several values if it is unknown which of them applies
	 */
	json_t *sections;
	char *include; /* owned; the names of the profiles that come before it, or NULL */
	size_t count;  /* of settings and sections */
	bool cut;      /* whether there are more than TUNED_SETTINGS_MAX */
};
void tuned_profile_done(struct tuned_profile *profile);

/*
 * Reads a profile's text as Python's ConfigParser does: comments begin with "#" at the start of a
 * word, an indented line continues the value before it, and of equal keys the last one counts.
 * possible: it is unknown whether the profile is active. -ENOMEM.
 */
MUST_CHECK int tuned_profile_read(const char *path, const char *text, bool possible,
				  struct tuned_profile *ret);

/*
 * Merges a later profile into the one of those before it: its settings replace theirs, except those
 * that are only possible, which stand beside them. -ENOMEM.
 */
MUST_CHECK int tuned_profile_merge(struct tuned_profile *profile, const struct tuned_profile *later,
				   bool possible);

/* The most bytes of a profile's name, as of any file's name. */
#define TUNED_NAME_MAX 255U

/*
 * Calls visit for each profile of a list like that of include=. A function in it is not carried
 * out: each of its arguments may be the name, and `possible` is true then. Names are without
 * folders and without the leading dash that allows a profile to be missing. Ends with the first
 * error of visit.
 */
MUST_CHECK int tuned_names_visit(const char *list, const char *separators,
				 int (*visit)(void *data, const char *name, bool possible),
				 void *data);
