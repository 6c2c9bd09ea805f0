/*
 * Makes the comparison with which plan, check, install and uninstall begin: configuration, plan,
 * files, differences.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/installed-files.h"
#include "model/plan/plan.h"
#include "steps/context.h"
#include "steps/error-words.h"

/* How problems of the configuration and of the files are reported. */
enum comparison_voice {
	VOICE_FULL,
	/* errors are reported as warnings, because the verb goes on without a configuration */
	VOICE_LOW,
	VOICE_AGAIN, /* warnings are left out, because this run has reported them already */
};

struct comparison {
	struct config config;
	struct facts facts;
	struct installed installed;
	struct plan plan;
	/* one for each of installed.paths, in the same order */
	struct file_difference *differences;
	/* The manifest that the plan would leave, and its bytes. */
	struct manifest manifest;
	char *manifest_bytes;
	size_t manifest_size;
	enum file_state manifest_state;
	enum comparison_voice voice;
};

void comparison_done(struct comparison *comparison);

/* Names temporary files of a run that was killed. */
void report_remains(struct context *context);

/*
 * Returns EXIT_REFUSED, reported, if users other than root may write to a directory above this path
 * on the running host; with --force, warns and returns EXIT_DONE.
 */
enum exit_code comparison_refuse_loose(struct context *context, const char *path);

/*
 * Reads configuration and files, makes the plan, and reports all problems. If the result is
 * EXIT_DONE, the caller owns *ret; else the verb ends with the result. sizes: see struct
 * plan_request.
 */
enum exit_code comparison_make(struct context *context, enum sizes_choice sizes,
			       struct comparison *ret);

/*
 * Makes only the plan (for apply and --at-boot), of the running host; no installed file is
 * compared. Automatic sizes keep the values chosen at install. If RAM has shrunk so that they
 * exceed memory_limit, this is a warning and no error.
 */
enum exit_code comparison_make_plan(struct context *context, struct comparison *ret);

/* Does the same, but leaves warnings and notes of the configuration out. */
enum exit_code comparison_make_plan_quietly(struct context *context, struct comparison *ret);

/*
 * Does the same as comparison_make(), but leaves warnings and notes of the configuration out,
 * because the run has reported them already.
 */
enum exit_code comparison_make_quietly(struct context *context, enum sizes_choice sizes,
				       struct comparison *ret);

/*
 * Makes the comparison for a verb that can work without one. Returns false if there is none:
 * problems have been reported as warnings, and *ret is empty.
 */
bool comparison_try(struct context *context, struct comparison *ret);

/* Makes a comparison with an empty plan, for uninstall, which needs no configuration. */
enum exit_code comparison_make_empty(struct context *context, struct comparison *ret);

/* Formats manifest_bytes again after the manifest has changed. -ENOMEM. */
MUST_CHECK int comparison_format_manifest(struct comparison *comparison);

enum report_detail {
	REPORT_STATES, /* the state of each file */
	/* what install does to each file; in JSON and with --verbose also the diff */
	REPORT_ACTIONS,
	REPORT_DIFFS, /* also the diff in text */
};

/* Returns whether a file is not as planned; the manifest does not count. */
bool comparison_files_differ(const struct comparison *comparison);

/*
 * Looks at the files for a comparison that has only the plan. Returns whether they are as planned,
 * so that the values are set again at each load. Returns true as well if the files could not be
 * read, because then nobody knows.
 */
bool comparison_is_installed(const struct context *context, const struct comparison *comparison);

/* Reports all files with their differences. Returns whether a file or the manifest differs. */
bool comparison_report(struct context *context, const struct comparison *comparison,
		       enum report_detail detail);

/* Returns whether the administrator disabled the file with a link to /dev/null. */
bool comparison_is_masked(const struct comparison *comparison, const char *path);

/*
 * Says what follows from planned files that the administrator disabled with a link to /dev/null.
 * Returns whether there are any.
 */
bool comparison_report_masked(struct context *context, const struct comparison *comparison);

/*
 * Reports changes that need --force or that even --force cannot make. Returns EXIT_REFUSED if there
 * is such a change.
 */
enum exit_code comparison_refuse(struct context *context, const struct comparison *comparison);

/* Does the same for a plan, with warnings. Returns whether install would refuse. */
bool comparison_is_refused(struct context *context, const struct comparison *comparison);
