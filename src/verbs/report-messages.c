/* Messages of a run: to standard error as they come, to the journal, and into the JSON object. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "verbs/report-internal.h"

static const char *const severity_words[] = {
	[SEVERITY_NOTE] = "note", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "error"};

static void tell_message(const struct report *report, enum severity severity, const char *text)
{
	static const char *const colors[] = {[SEVERITY_NOTE] = COLOR_BOLD,
					     [SEVERITY_WARNING] = COLOR_YELLOW,
					     [SEVERITY_ERROR] = COLOR_RED};
	struct buffer CLEANUP(buffer_clear) line = {0};

	if (severity == SEVERITY_NOTE && report->style.quiet)
		return;
	if (report->style.journal) {
		journal_send(severity, NULL, text, NULL);
		return;
	}

	/* Results and messages may share a terminal or a log: keep their order. */
	(void)fflush(stdout);
	buffer_printf(&line, "%s", report_color(report, colors[severity]));
	if (severity != SEVERITY_ERROR)
		buffer_printf(&line, "%s: ", severity_words[severity]);
	buffer_add(&line, report_color(report, COLOR_NONE));
	buffer_add_shown(&line, text, strlen(text));
	buffer_add(&line, "\n");
	(void)fputs(line.data ? line.data : "out of memory\n", stderr);
}

static void print_message(const struct report *report, enum severity severity, const char *text)
{
	if (severity == SEVERITY_NOTE && report->style.no_notes)
		return;
	json_array_append_new(json_object_get(report->object, "messages"),
			      json_pack("{s:s, s:o}", "level", severity_words[severity], "text",
					report_text(text, strlen(text))));
	if (severity == SEVERITY_ERROR || !report->style.hold)
		tell_message(report, severity, text);
}

bool report_has_place(const struct report *report, const char *path, unsigned int line)
{
	const json_t *messages = json_object_get(report->object, "messages");
	struct buffer CLEANUP(buffer_clear) place = {0};

	buffer_printf(&place, "%s:%u", path, line);
	for (size_t i = 0; place.data && i < json_array_size(messages); i++) {
		const char *text =
			json_string_value(json_object_get(json_array_get(messages, i), "text"));
		const char *at = text ? strstr(text, place.data) : NULL;

		if (at && !strchr("0123456789", at[place.length]))
			return true;
	}
	return false;
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
				tell_message(report, k, text);
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
		tell_message(report, SEVERITY_ERROR, text);
		return;
	}
}

/* What is told of another network namespace says so. */
static PRINTF_LIKE(4, 0) void format_message(const struct report *report, char *text, size_t size,
					     const char *format, va_list args)
{
	size_t used = 0;

	if (report->where.data && report->where.length + 3 < size)
		used = (size_t)snprintf(text, size, "%s: ", report->where.data);
	(void)vsnprintf(text + used, size - used, format, args);
}

void report_message(struct report *report, enum severity severity, const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	format_message(report, text, sizeof(text), format, args);
	va_end(args);
	print_message(report, severity, text);
}

void report_problems(struct report *report, const char *prefix, const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *item = &problems->items[i];
		struct buffer CLEANUP(buffer_clear) text = {0};

		if (item->file && item->line)
			buffer_printf(&text, "%s%s:%u: ", prefix, item->file, item->line);
		else if (item->file)
			buffer_printf(&text, "%s%s: ", prefix, item->file);
		buffer_add(&text, item->text);
		print_message(report, item->severity, text.data ? text.data : "out of memory");
	}
}

/* An entry's fields, and of which network namespace they are. */
static void send_event(const struct report *report, enum severity severity, const char *id,
		       const char *text, const struct journal_fields *fields)
{
	struct journal_fields all = fields ? *fields : (struct journal_fields){0};
	const char *path = json_string_value(json_object_get(report->place, "path"));
	struct buffer CLEANUP(buffer_clear) place = {0};
	const char *texts[8];

	if (path)
		buffer_printf(&place, "CONNTRACK_PERSIST_NAMESPACE=%s", path);
	if (place.data && all.count < ARRAY_SIZE(texts)) {
		for (size_t i = 0; i < all.count; i++)
			texts[i] = all.texts[i];
		texts[all.count++] = place.data;
		all.texts = texts;
	}
	journal_send(severity, id, text, &all);
}

void report_event(struct report *report, enum severity severity, const char *id,
		  const struct journal_fields *fields, const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	format_message(report, text, sizeof(text), format, args);
	va_end(args);
	if (report->style.journal)
		send_event(report, severity, id, text, fields);
	else if (severity != SEVERITY_NOTE)
		print_message(report, severity, text);
	else
		report_say(report, "%s", text);
}
