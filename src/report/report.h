/* Prints the facts of a run as text or JSON. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/problems.h"
#include "host/kernel/kernel.h"
#include "host/systemd/journal.h"
#include "model/installed/compare.h"
#include "model/plan/plan.h"
#include "model/plan/sizing.h"
#include "model/runtime/runtime-values.h"

/*
 * A report prints results to standard output (JSON at once at the end) and messages to standard
 * error as they come; in JSON messages are also in the object.
 */
struct report;

struct report_style {
	const char *verb;
	const char *prefix; /* of the root, for file names in texts */
	bool json, quiet, verbose, color;
	bool journal;  /* messages go there as entries, instead of to standard error */
	bool no_notes; /* a screen that is drawn again and again has no place for them */
	bool hold;     /* all but errors wait for report_release() */
};

MUST_CHECK int report_new(const struct report_style *style, struct report **ret);
struct report *report_free(struct report *report);
static inline void report_freep(struct report **report)
{
	*report = report_free(*report);
}

const struct report_style *report_style(const struct report *report);

/* Returns the JSON object, for members of one verb only. The report owns it. */
json_t *report_object(struct report *report);

/*
 * Makes a JSON string of a foreign text, which may have any bytes: in a text that is no UTF-8 or
 * has a NUL, "?" stands for each byte that is no ASCII, and for NUL. NULL: out of memory, for
 * report_pack(), report_set_member() and report_add_item() to find.
 */
json_t *report_text(const char *text, size_t size);
json_t *report_string(const char *text);

/*
 * json_pack(), json_object_set_new() and json_array_append_new() for what is printed as JSON. What
 * fails, because memory ran out or because a foreign text was not passed through report_text(),
 * lets report_finish() fail: the answer is not whole.
 */
json_t *report_pack(struct report *report, const char *format, ...);
void report_set_member(struct report *report, json_t *object, const char *key, json_t *value);
void report_add_item(struct report *report, json_t *list, json_t *value);
/* Notes that memory ran out for a part of the output, so that report_finish() fails. */
void report_set_incomplete(struct report *report);

/*
 * Prints a message on standard error. A note is printed only with --verbose; a note that is the
 * whole result goes to report_say() instead.
 */
void report_message(struct report *report, enum severity severity, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* Returns whether a problem of this line was reported. */
bool report_has_place(const struct report *report, const char *path, unsigned int line);

/* Prints the messages held back until now; later ones are printed as they come. */
void report_release(struct report *report);

/* Prints the last error again, because the screen on which it stood is gone. */
void report_last_error(struct report *report);

/* Reports each problem of the list. prefix: stands before the name of each file. */
void report_problem(struct report *report, const char *prefix, const struct problem *item);
void report_problems(struct report *report, const char *prefix, const struct problems *problems);
/*
 * If there were more problems of this severity than the list holds, reports that.
 * report_problems() calls this.
 */
void report_left_out(struct report *report, enum severity severity,
		     const struct problems *problems);

/*
 * Prints a sentence of the result, not in JSON and not with --quiet; in several lines if the
 * terminal is narrower, unless the text begins with a blank or ";", because such a line is part of
 * a table or is pasted. A line feed in an argument is a foreign one and becomes "?"; the format has
 * none.
 */
void report_say(struct report *report, const char *format, ...) PRINTF_LIKE(2, 3);
/* Does the same with a word in a column before the sentence. */
void report_say_row(struct report *report, const char *label, const char *format, ...)
	PRINTF_LIKE(3, 4);
/*
 * Prints the lines of a text that is pasted: they begin and end where they do in the text, on each
 * terminal.
 */
void report_say_lines(struct report *report, const char *text);
/* Prints a screen or metrics to standard output. Their renderer has made foreign text harmless. */
void report_print(struct report *report, const struct buffer *text);

void report_set_changed(struct report *report, bool changed);
void report_set_state(struct report *report, const char *state);
/* Notes that the run failed or was refused, so that the result cannot be "in order". */
void report_fail(struct report *report);

/*
 * Adds a source that could not be read to the list "unread" of the JSON object: its path, or its
 * name if it is no file, and the reason. Prints nothing: the caller says what this means. Returns
 * false if the list has that source already. The count is of all calls so far.
 */
bool report_unread(struct report *report, const char *what, const char *reason);
size_t report_unread_count(const struct report *report);

/*
 * Does the same for a source that only root can read and that does not decide the exit status of
 * another user's check.
 */
bool report_unread_without_root(struct report *report, const char *what, const char *reason);

/*
 * Returns whether an unread source decides, so that the verb must answer neither "in order" nor
 * "nobody".
 */
bool report_is_unsure(const struct report *report);

/*
 * Says that the verdict is that of an ordinary user, if there is something that only root may read.
 */
void report_say_without_root(struct report *report);

void report_plan(struct report *report, const struct plan *plan);

/*
 * Reports computed sizes, as rows and in JSON. memory_limit: as configured. lines: the INI lines,
 * which only JSON has.
 */
void report_sizing(struct report *report, const struct sizing *sizing, const char *memory_limit,
		   const char *lines);

/*
 * Reports a file: a line, and an object in JSON. After a run, action and state may differ from the
 * difference's.
 */
void report_file(struct report *report, const char *path, const char *action, const char *state,
		 const char *reason);

/*
 * Reports a unified diff: as the file's "diff" in JSON; printed too, with colours on a terminal, if
 * wanted and not --quiet.
 */
void report_diff(struct report *report, const struct file_difference *difference, bool print);

/*
 * Reports a value: a line with its state or the result of the action, and an object in JSON.
 * quiet_ok: an active value has no line.
 */
struct value_report {
	const struct value *value; /* as it was found */
	const char *action;	   /* NULL: none was tried; "set", "failed" */
	const char *now;	   /* what the kernel shows afterwards, with an action */
	const char *since;	   /* of one that differs: "applied", "never"; NULL: not known */
	const char *by;		   /* who set a value that differs, to follow "; "; or NULL */
	bool show_source;	   /* the line of the configuration in the text, too */
	bool out_of_reach;	   /* differs, and this process could not set it */
	bool line;
};
void report_value(struct report *report, const struct value_report *what);

/*
 * Between these calls values and messages are those of that network namespace: the values are in
 * its object of the list "namespaces", and messages begin with its name. state as
 * report_set_state(), "gone" or "unreachable".
 */
void report_begin_namespace(struct report *report, const struct network_namespace *namespace);

/* Prints the name of that namespace as the head of the lines that follow. */
void report_say_namespace(struct report *report);
void report_end_namespace(struct report *report, const char *state);

/*
 * Reports a message that has an entry of its own kind in the journal; elsewhere a note is a line of
 * the result, and any other severity a message.
 */
void report_event(struct report *report, enum severity severity, const char *id,
		  const struct journal_fields *fields, const char *format, ...) PRINTF_LIKE(5, 6);

/*
 * Prints the JSON object. -EIO: standard output did not take everything; -ENOMEM, after a message:
 * a part of what was printed is missing.
 */
MUST_CHECK int report_finish(struct report *report);
