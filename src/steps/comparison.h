/* What plan, check, install and uninstall begin with: configuration, plan, files, differences. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/installed-files.h"
#include "model/plan/plan.h"
#include "steps/context.h"
#include "steps/error-words.h"

/* How what is wrong with the configuration and the files is told. */
enum comparison_voice {
	VOICE_FULL,
	VOICE_LOW,   /* errors as warnings: the verb has more to say than that */
	VOICE_AGAIN, /* what is no error was told before */
};

struct comparison {
	struct config config;
	struct facts facts;
	struct installed installed;
	struct plan plan;
	struct file_difference *differences; /* one for each of installed.paths */
	/* The manifest as it shall be, and what it is made of. */
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
 * EXIT_REFUSED, reported, if others than root may write to a directory above this path on the running host; with --force
 * a warning and EXIT_DONE.
 */
enum exit_code comparison_refuse_loose(struct context *context, const char *path);

/*
 * Reads configuration and files and makes the plan; reports what is wrong. EXIT_DONE: go on; else the verb ends
 * with that. sizes as in struct plan_request.
 */
enum exit_code comparison_make(struct context *context, enum sizes_choice sizes,
			       struct comparison *ret);

/*
 * The plan alone, of the running host as it boots: neither files nor differences. Sizes stay as resolved, and installed ones
 * may be more than memory_limit has of less RAM than there was: that is warned of.
 */
enum exit_code comparison_make_plan(struct context *context, struct comparison *ret);

/* Warnings and notes of the configuration are left out: the run has told them already. */
enum exit_code comparison_make_quietly(struct context *context, enum sizes_choice sizes,
				       struct comparison *ret);

/* For verbs that can do without: what is wrong is told as a warning, and *ret is empty then. */
bool comparison_try(struct context *context, struct comparison *ret);

/* The same for uninstall, which needs no configuration: nothing of ours shall be there. */
enum exit_code comparison_make_empty(struct context *context, struct comparison *ret);

/* Makes manifest_bytes anew after a change of the manifest. -ENOMEM. */
MUST_CHECK int comparison_format_manifest(struct comparison *comparison);

enum report_detail {
	REPORT_STATES,	/* how each file is */
	REPORT_ACTIONS, /* what is done about it; the diff in JSON and with --verbose */
	REPORT_DIFFS,	/* also the diff */
};

/* Whether a file is not as planned, whatever is to be said of the record of them. */
bool comparison_files_differ(const struct comparison *comparison);

/*
 * Looks at the files for a comparison that has the plan alone. Returns whether they are as planned, so that the values are set
 * again at each load; true as well if the files could not be read, because then it is not known.
 */
bool comparison_is_installed(const struct context *context, const struct comparison *comparison);

/* Reports all files with their differences. Returns whether something differs. */
bool comparison_report(struct context *context, const struct comparison *comparison,
		       enum report_detail detail);

/* Whether the file is switched off by a link to /dev/null. */
bool comparison_is_masked(const struct comparison *comparison, const char *path);

/* Says what follows from planned files that are switched off by a link to /dev/null. Returns whether there are any. */
bool comparison_report_masked(struct context *context, const struct comparison *comparison);

/* Reports what --force would be needed for, or cannot help. EXIT_REFUSED if there is such a thing. */
enum exit_code comparison_refuse(struct context *context, const struct comparison *comparison);

/* The same for a plan, as warnings. */
bool comparison_is_refused(struct context *context, const struct comparison *comparison);
