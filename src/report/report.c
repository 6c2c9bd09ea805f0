/* Prints the facts of a run as text or JSON. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/report-internal.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/paragraph.h"
#include "base/text.h"
#include "host/terminal.h"
#include "model/installed/diff.h"

/* The column in which the texts of a screen begin, behind a word. */
#define INDENT 10

int report_new(const struct report_style *style, struct report **ret)
{
	struct report *report = calloc(1, sizeof(*report));

	if (!report)
		return -ENOMEM;
	report->style = *style;
	report->object = json_pack("{s:s, s:b, s:s, s:[], s:[], s:[], s:[], s:[]}", "verb",
				   style->verb, "changed", 0, "state", "in-order", "files",
				   "values", "writers", "unread", "messages");
	if (!report->object) {
		report_free(report);
		return -ENOMEM;
	}
	report->place = report->object;
	*ret = report;
	return 0;
}

struct report *report_free(struct report *report)
{
	if (report) {
		json_decref(report->object);
		text_set_done(&report->places);
		text_set_done(&report->unread_names);
		buffer_clear(&report->where);
	}
	free(report);
	return NULL;
}

const struct report_style *report_style(const struct report *report)
{
	return &report->style;
}

const char *report_color(const struct report *report, const char *color)
{
	return report->style.color ? color : "";
}

static void note_error(struct report *report, const struct buffer *b)
{
	report->incomplete = report->incomplete || b->error < 0;
}

static void print_shaped(struct report *report, FILE *stream, const char *color, const char *head,
			 const struct paragraph *shape, const char *text)
{
	struct buffer CLEANUP(buffer_clear) line = {0};
	struct buffer CLEANUP(buffer_clear) shown = {0};

	buffer_add_shown(&shown, text, strlen(text));
	buffer_add(&line, report_color(report, color));
	buffer_add_shown(&line, head, strlen(head));
	buffer_add(&line, *color ? report_color(report, COLOR_NONE) : "");
	paragraph_add(&line, shown.data ? shown.data : "", shape);
	buffer_add(&line, "\n");
	note_error(report, &shown);
	note_error(report, &line);
	(void)fputs(shown.error < 0 || line.error < 0 ? "out of memory\n" : line.data, stream);
}

void report_print_line(struct report *report, FILE *stream, const char *color, const char *head,
		       const char *text)
{
	print_shaped(report, stream, color, head, &(struct paragraph){0}, text);
}

void report_print_wrapped(struct report *report, FILE *stream, const char *color, const char *head,
			  size_t indent, const char *text)
{
	struct paragraph shape = {
		.width = terminal_columns(fileno(stream)), .indent = indent, .used = strlen(head)};

	print_shaped(report, stream, color, head, &shape, text);
}

static bool says(const struct report *report)
{
	return !report->style.json && !report->style.quiet;
}

/* Prints a line of the result that begins with a word in a colour. */
static PRINTF_LIKE(4, 0) void say_words(struct report *report, const char *color, const char *word,
					const char *format, va_list args)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	char head[32];

	if (!says(report))
		return;
	buffer_add(&text, "  ");
	buffer_vprintf(&text, format, args);
	note_error(report, &text);
	(void)snprintf(head, sizeof(head), "%-*s", INDENT - 2, word);
	report_print_wrapped(report, stdout, color, head, INDENT, text.data ? text.data : "");
}

static PRINTF_LIKE(4, 5) void say_word(struct report *report, const char *color, const char *word,
				       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_words(report, color, word, format, args);
	va_end(args);
}

void report_say_row(struct report *report, const char *label, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_words(report, "", label, format, args);
	va_end(args);
}

void report_say(struct report *report, const char *format, ...)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	va_list args;

	assert(!strchr(format, '\n'));
	if (!says(report))
		return;
	va_start(args, format);
	buffer_vprintf(&text, format, args);
	va_end(args);
	note_error(report, &text);
	if (text.data && strchr(" ;", text.data[0]))
		report_print_line(report, stdout, "", "", text.data);
	else
		report_print_wrapped(report, stdout, "", "", 0, text.data ? text.data : "");
}

void report_say_lines(struct report *report, const char *text)
{
	for (struct text_line line = {.next = text}; says(report) && text_next_line(&line);) {
		struct buffer CLEANUP(buffer_clear) copy = {0};

		buffer_add_bytes(&copy, line.text, line.length);
		note_error(report, &copy);
		report_print_line(report, stdout, "", "", copy.data ? copy.data : "");
	}
}

void report_set_incomplete(struct report *report)
{
	report->incomplete = true;
}

void report_print(struct report *report, const struct buffer *text)
{
	note_error(report, text);
	(void)fputs(text->error < 0 || !text->data ? "" : text->data, stdout);
}

void report_set_changed(struct report *report, bool changed)
{
	report_set_member(report, report->object, "changed", json_boolean(changed));
}

void report_set_state(struct report *report, const char *state)
{
	report_set_member(report, report->object, "state", json_string(state));
}

void report_fail(struct report *report)
{
	const char *state = json_string_value(json_object_get(report->object, "state"));

	if (!state || strcmp(state, "in-order") == 0)
		report_set_state(report, "drift");
}

bool report_unread(struct report *report, const char *what, const char *reason)
{
	int added = text_set_add(&report->unread_names, "", what);

	report->unread_count++;
	if (added == 0)
		return false;
	if (added < 0)
		report_set_incomplete(report);
	report_add_item(report, json_object_get(report->object, "unread"),
			report_pack(report, "{s:o, s:o}", "path", report_string(what), "reason",
				    report_string(reason)));
	return true;
}

bool report_unread_without_root(struct report *report, const char *what, const char *reason)
{
	report->unread_without_root++;
	return report_unread(report, what, reason);
}

size_t report_unread_count(const struct report *report)
{
	return report->unread_count;
}

bool report_is_unsure(const struct report *report)
{
	return report->unread_count > report->unread_without_root;
}

void report_say_without_root(struct report *report)
{
	if (report->unread_without_root > 0)
		report_say(report,
			   "This is as far as you can see without root: the notes name what "
			   "could not be read.");
}

void report_file(struct report *report, const char *path, const char *action, const char *state,
		 const char *reason)
{
	const char *color = strcmp(state, "ok") == 0 ? COLOR_GREEN : COLOR_YELLOW;
	/* A plan and a run show the action, a check shows the state. */
	bool act = strcmp(action, "none") != 0;

	report_add_item(report, json_object_get(report->object, "files"),
			report_pack(report, "{s:o, s:s, s:s}", "path", report_string(path),
				    "action", action, "state", state));
	say_word(report, color, act ? action : state, "%s%s", report->style.prefix, path);
	if (reason && strcmp(state, "ok") != 0 && strcmp(state, "missing") != 0 &&
	    !(act && strcmp(state, "leftover") == 0))
		report_say_row(report, "", "%s", reason);
}

/* Returns a JSON number if the text is one, else a string. */
static json_t *json_value(const char *text)
{
	uint64_t number;

	if (!text || !*text)
		return json_null();
	if (text_parse_number(text, strlen(text), INT64_MAX, &number) == 0)
		return json_integer((json_int_t)number);
	return report_text(text, strlen(text));
}

/* Adds ": LIVE -> CONFIGURED", or only the live value. */
static void add_change(const struct report *report, const struct value_report *what,
		       struct buffer *b)
{
	const struct value *value = what->value;

	if (value->state == VALUE_ABSENT) {
		buffer_printf(b, ": this %s does not have it",
			      report->where.data ? "namespace" : "kernel");
		return;
	}
	buffer_add(b, value->state == VALUE_HOST ? ": the host's own" : ": ");
	if (value->state == VALUE_HOST && value->live[0])
		buffer_add(b, ", ");
	buffer_add_number(b, value->live);
	if (value->state == VALUE_OK || value->state == VALUE_HOST)
		return;
	buffer_printf(b, "%s -> %s", value->live[0] ? "" : "-",
		      text_count(what->action ? value->goal : value->wanted).text);
}

/* The configuration's line does not set a value that a network namespace only shows. */
static bool has_source(const struct value *value)
{
	return value->source.file && value->state != VALUE_HOST;
}

/* Adds where the configuration sets the value. */
static void add_source(const struct setting_source *source, struct buffer *b)
{
	buffer_add(b, " (");
	if (source->follows)
		buffer_printf(b, "follows from %s, ", source->follows->name);
	buffer_printf(b, "%s:%u)", source->file, source->line);
}

static json_t *json_source(struct report *report, const struct setting_source *source)
{
	json_t *item = report_pack(report, "{s:o, s:i}", "path", report_string(source->file),
				   "line", (int)source->line);

	if (source->follows)
		report_set_member(report, item, "follows", json_string(source->follows->name));
	return item;
}

static void say_value(struct report *report, const struct value_report *what)
{
	const struct value *value = what->value;
	const char *word = what->action ? what->action : value_state_to_string(value->state);
	bool good = value->state == VALUE_OK || (what->action && strcmp(what->action, "set") == 0);
	struct buffer CLEANUP(buffer_clear) text = {0};

	add_change(report, what, &text);
	if (what->action && value->goal != value->wanted)
		buffer_printf(&text, ", and %s with the next load", text_count(value->wanted).text);
	if (what->since)
		buffer_add(&text, strcmp(what->since, "applied") == 0
					  ? ", changed since it was applied"
					  : ", not set since the module was loaded");
	if (what->by)
		buffer_printf(&text, "; %s", what->by);
	if (value->rounded != value->wanted && value->state != VALUE_ABSENT &&
	    value->state != VALUE_OK)
		buffer_printf(&text, " (%s when rounded by the kernel)",
			      text_count(value->rounded).text);
	if (has_source(value) && (what->show_source || report->style.verbose))
		add_source(&value->source, &text);
	note_error(report, &text);
	say_word(report, good ? COLOR_GREEN : COLOR_YELLOW, word, "%s%s", value->key,
		 text.data ? text.data : "");
}

void report_value(struct report *report, const struct value_report *what)
{
	const struct value *value = what->value;
	json_t *item = report_pack(
		report, "{s:s, s:o, s:o, s:s}", "key", value->key, "wanted",
		value->wanted <= INT64_MAX ? json_integer((json_int_t)value->wanted) : json_null(),
		"live", json_value(value->live), "state", value_state_to_string(value->state));

	if (what->action) {
		report_set_member(report, item, "action", json_string(what->action));
		report_set_member(report, item, "now", json_value(what->now));
	}
	if (has_source(value))
		report_set_member(report, item, "source", json_source(report, &value->source));
	if (what->since)
		report_set_member(report, item, "since", json_string(what->since));
	if (what->out_of_reach)
		report_set_member(report, item, "out_of_reach", json_true());
	report_add_item(report, json_object_get(report->place, "values"), item);
	if (what->line)
		say_value(report, what);
}

void report_begin_namespace(struct report *report, const struct network_namespace *namespace)
{
	json_t *item = report_pack(report, "{s:o, s:o, s:s, s:[]}", "name",
				   namespace->name ? report_string(namespace->name) : json_null(),
				   "path", report_string(namespace->path), "state", "in-order",
				   "values");

	report_add_item(report, json_object_get(report->object, "namespaces"), item);
	report->place = item;
	network_namespace_describe(namespace, &report->where);
}

void report_say_namespace(struct report *report)
{
	if (says(report))
		report_print_line(report, stdout, COLOR_BOLD,
				  report->where.data ? report->where.data : "?", "");
}

void report_end_namespace(struct report *report, const char *state)
{
	report_set_member(report, report->place, "state", json_string(state));
	report->place = report->object;
	buffer_clear(&report->where);
}

static void print_diff(struct report *report, const char *text)
{
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		const char *color = *line.text == '+'	? COLOR_GREEN
				    : *line.text == '-' ? COLOR_RED
				    : *line.text == '@' ? COLOR_BOLD
							: COLOR_NONE;
		struct buffer CLEANUP(buffer_clear) copy = {0};

		buffer_add_bytes(&copy, line.text, line.length);
		report_print_line(report, stdout, color, copy.data ? copy.data : "", "");
	}
}

/*
 * Returns whether every user may read both files, because users other than root can read the log of
 * root's run.
 */
static bool is_for_all(const struct file_difference *difference)
{
	const struct observed_file *seen = difference->seen;

	return (seen->kind != FILE_REGULAR || (seen->mode & S_IROTH) != 0) &&
	       (!difference->wanted || (difference->wanted->mode & S_IROTH) != 0);
}

static void withhold_diff(struct report *report, bool print)
{
	json_t *files = json_object_get(report->object, "files");

	report_set_member(report, json_array_get(files, json_array_size(files) - 1),
			  "diff_withheld", json_true());
	if (print)
		report_say_row(
			report, "",
			"The content is not shown, because not every user may read the file.");
}

void report_diff(struct report *report, const struct file_difference *difference, bool print)
{
	const struct observed_file *seen = difference->seen;
	bool there = seen->kind == FILE_REGULAR;
	struct buffer CLEANUP(buffer_clear) name = {0};
	struct buffer CLEANUP(buffer_clear) text = {0};
	json_t *files = json_object_get(report->object, "files");

	if (!is_for_all(difference)) {
		withhold_diff(report, print);
		return;
	}
	buffer_printf(&name, "%s%s", report->style.prefix, difference->path);
	note_error(report, &name);
	if (!name.data)
		return;
	diff_add(&text,
		 &(struct diff_side){there ? name.data : "/dev/null", there ? seen->bytes : "",
				     there ? seen->size : 0},
		 &(struct diff_side){difference->wanted ? name.data : "/dev/null",
				     difference->wanted ? difference->wanted->bytes : "",
				     difference->wanted ? difference->wanted->size : 0});
	note_error(report, &text);
	if (!text.data)
		return;
	report_set_member(report, json_array_get(files, json_array_size(files) - 1), "diff",
			  report_text(text.data, text.length));
	if (print && says(report))
		print_diff(report, text.data);
}

int report_finish(struct report *report)
{
	bool printed;

	if (report->incomplete)
		report_fail(report);
	printed = !report->style.json || report_print_json(report) == 0;
	/* A standard output without a reader needs no message. */
	if (ferror(stdout))
		return -EIO;
	if (!report->incomplete && printed)
		return 0;
	report_message(report, SEVERITY_ERROR, "out of memory: a part of the answer is missing");
	return -ENOMEM;
}
