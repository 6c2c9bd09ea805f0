/*
 * Prints the messages of a run to standard error as they come, to the journal, and into the JSON
 * object.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "report/report-internal.h"

static const char *const severity_words[] = {
	[SEVERITY_NOTE] = "note", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "error"};

#define FIELDS_MAX 8

/* Blanks before each line but the first, so that the eye finds where a message begins. */
#define MESSAGE_INDENT 2

/* Sends an entry whose texts are harmless. Returns what journal_send() does. */
static int send_entry(const struct report *report, enum severity severity, const char *id,
		      const char *text, const struct journal_fields *fields)
{
	const char *path = json_string_value(json_object_get(report->place, "path"));
	struct buffer CLEANUP(buffer_clear) message = {0};
	struct buffer shown[FIELDS_MAX] = {0};
	const char *texts[FIELDS_MAX];
	struct journal_fields all = {.texts = texts, .notable = fields && fields->notable};
	int error;

	buffer_add_shown(&message, text, strlen(text));
	for (size_t i = 0; fields && i < fields->count && all.count < FIELDS_MAX; i++)
		buffer_add_shown(&shown[all.count++], fields->texts[i], strlen(fields->texts[i]));
	if (path && all.count < FIELDS_MAX) {
		buffer_add(&shown[all.count], "CONNTRACK_PERSIST_NAMESPACE=");
		buffer_add_shown(&shown[all.count++], path, strlen(path));
	}
	error = message.error;
	for (size_t i = 0; i < all.count; i++) {
		texts[i] = shown[i].data;
		error = error < 0 ? error : shown[i].error;
	}
	if (error == 0)
		error = journal_send(severity, id, message.data ? message.data : "", &all);
	for (size_t i = 0; i < all.count; i++)
		buffer_clear(&shown[i]);
	return error;
}

static void print_to_stderr(struct report *report, enum severity severity, const char *text)
{
	static const struct {
		const char *color, *head;
	} rows[] = {[SEVERITY_NOTE] = {COLOR_BOLD, "note: "},
		    [SEVERITY_WARNING] = {COLOR_YELLOW, "warning: "},
		    [SEVERITY_ERROR] = {COLOR_RED, ""}};

	/* Results and messages may share a terminal or a log, so flush to keep their order. */
	(void)fflush(stdout);
	report_print_wrapped(report, stderr, rows[severity].color, rows[severity].head,
			     MESSAGE_INDENT, text);
}

/*
 * Sends an entry to the journal. Returns false if that failed; from then on messages go to standard
 * error.
 */
static bool send_to_journal(struct report *report, enum severity severity, const char *id,
			    const char *text, const struct journal_fields *fields)
{
	char words[128];
	int error = send_entry(report, severity, id, text, fields);

	if (error == 0)
		return true;
	report->style.journal = false;
	(void)snprintf(words, sizeof(words),
		       "the journal accepts no messages (%s), so that they are printed here",
		       strerror(-error));
	print_to_stderr(report, SEVERITY_WARNING, words);
	return false;
}

static void write_message(struct report *report, enum severity severity, const char *text)
{
	if (severity == SEVERITY_NOTE && report->style.quiet)
		return;
	if (!report->style.journal || !send_to_journal(report, severity, NULL, text, NULL))
		print_to_stderr(report, severity, text);
}

static void print_message(struct report *report, enum severity severity, const char *text)
{
	if (severity == SEVERITY_NOTE && report->style.no_notes)
		return;
	report_add_item(report, json_object_get(report->object, "messages"),
			report_pack(report, "{s:s, s:o}", "level", severity_words[severity], "text",
				    report_string(text)));
	if (severity == SEVERITY_ERROR || !report->style.hold)
		write_message(report, severity, text);
}

bool report_has_place(const struct report *report, const char *path, unsigned int line)
{
	struct buffer CLEANUP(buffer_clear) place = {0};

	buffer_printf(&place, "%s:%u", path, line);
	return place.data && text_set_has(&report->places, "", place.data) > 0;
}

void report_release(struct report *report)
{
	const json_t *messages = json_object_get(report->object, "messages");

	if (!report->style.hold)
		return;
	report->style.hold = false;
	for (size_t i = 0; i < json_array_size(messages); i++) {
		const json_t *message = json_array_get(messages, i);
		const char *level = json_string_value(json_object_get(message, "level"));
		const char *text = json_string_value(json_object_get(message, "text"));

		for (enum severity k = SEVERITY_NOTE; level && text && k < SEVERITY_ERROR; k++)
			if (strcmp(level, severity_words[k]) == 0)
				write_message(report, k, text);
	}
}

void report_last_error(struct report *report)
{
	const json_t *messages = json_object_get(report->object, "messages");

	for (size_t i = json_array_size(messages); i > 0; i--) {
		const json_t *message = json_array_get(messages, i - 1);
		const char *level = json_string_value(json_object_get(message, "level"));
		const char *text = json_string_value(json_object_get(message, "text"));

		if (!level || !text || strcmp(level, severity_words[SEVERITY_ERROR]) != 0)
			continue;
		write_message(report, SEVERITY_ERROR, text);
		return;
	}
}

/* The length of a message is bounded, although a foreign name has any length. */
#define MESSAGE_MAX 2048

/* Begins with the network namespace that the message is about; a text that is cut ends in "...". */
static PRINTF_LIKE(3, 0) void format_message(const struct report *report, char text[MESSAGE_MAX],
					     const char *format, va_list args)
{
	static const char mark[] = "...";
	size_t used = 0, cut = MESSAGE_MAX - sizeof(mark);

	if (report->where.data && report->where.length + 3 < MESSAGE_MAX)
		used = (size_t)snprintf(text, MESSAGE_MAX, "%s: ", report->where.data);
	if ((size_t)vsnprintf(text + used, MESSAGE_MAX - used, format, args) < MESSAGE_MAX - used)
		return;
	/* Do not cut within a UTF-8 character. */
	while (cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80)
		cut--;
	memcpy(text + cut, mark, sizeof(mark));
}

void report_message(struct report *report, enum severity severity, const char *format, ...)
{
	char text[MESSAGE_MAX];
	va_list args;

	va_start(args, format);
	format_message(report, text, format, args);
	va_end(args);
	print_message(report, severity, text);
}

void report_problem(struct report *report, const char *prefix, const struct problem *item)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct buffer CLEANUP(buffer_clear) place = {0};

	if (item->file && item->line) {
		buffer_printf(&place, "%s:%u", item->file, item->line);
		if (place.data)
			(void)!text_set_add(&report->places, "", place.data);
		buffer_printf(&text, "%s%s: ", prefix, place.data ? place.data : item->file);
	} else if (item->file) {
		buffer_printf(&text, "%s%s: ", prefix, item->file);
	}
	buffer_add(&text, item->text);
	if (text.error < 0)
		report_set_incomplete(report);
	print_message(report, item->severity, text.data ? text.data : "out of memory");
}

void report_problems(struct report *report, const char *prefix, const struct problems *problems)
{
	if (problems->out_of_memory)
		report_set_incomplete(report);
	for (size_t i = 0; i < problems->count; i++)
		report_problem(report, prefix, &problems->items[i]);
	for (enum severity severity = SEVERITY_NOTE; severity <= SEVERITY_ERROR; severity++)
		report_left_out(report, severity, problems);
}

void report_left_out(struct report *report, enum severity severity, const struct problems *problems)
{
	static const char *const plurals[] = {[SEVERITY_NOTE] = "notes",
					      [SEVERITY_WARNING] = "warnings",
					      [SEVERITY_ERROR] = "errors"};

	if (problems_left_out(problems, severity) > 0)
		report_message(report, severity,
			       "there are more than %s %s of this kind; the others are not listed",
			       text_count(PROBLEMS_MAX).text, plurals[severity]);
}

void report_event(struct report *report, enum severity severity, const char *id,
		  const struct journal_fields *fields, const char *format, ...)
{
	char text[MESSAGE_MAX];
	va_list args;

	va_start(args, format);
	format_message(report, text, format, args);
	va_end(args);
	if (report->style.journal && send_to_journal(report, severity, id, text, fields))
		return;
	if (severity != SEVERITY_NOTE)
		print_message(report, severity, text);
	else
		report_say(report, "%s", text);
}
