/* Reads INI text into sections and pairs with line numbers, or problems. The only user of inih. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/config/ini.h"

#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/*
 * The buffer of inih for a line has 200 bytes with newline and NUL, that for a section 50 with NUL.
 * inih cuts a name after 49 bytes only if a continuation line follows, which never happens here, so
 * that names may be longer: the message about a pasted kernel name of 57 characters quotes it in
 * full.
 */
#define LINE_LENGTH_MAX	   198
#define SECTION_LENGTH_MAX 48
#define NAME_LENGTH_MAX	   96

struct ini_reader {
	const char *file;
	const char *next, *end;
	unsigned int line;
	bool section_seen, section_broken;
	const struct ini_events *events;
	struct problems *problems;
};

#define reader_complain(reader, ...)                                                     \
	problems_add((reader)->problems, SEVERITY_ERROR, (reader)->file, (reader)->line, \
		     __VA_ARGS__)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t skip_blanks(const char *line, size_t at)
{
	while (is_blank(line[at]))
		at++;
	return at;
}

/*
 * Returns the index behind the content: an inline comment and the blanks in front of it are
 * excluded.
 */
static size_t content_end(const char *line)
{
	size_t end = 0;

	for (size_t i = 0; line[i]; i++) {
		if (line[i] == ';' && i > 0 && is_blank(line[i - 1]))
			break;
		if (!is_blank(line[i]))
			end = i + 1;
	}
	return end;
}

/* Returns whether the line is ASCII from at to end; adds a problem otherwise. */
static bool vet_ascii(struct ini_reader *r, const char *line, size_t at, size_t end)
{
	for (; at < end; at++)
		if ((unsigned char)line[at] > 0x7f) {
			reader_complain(r, "only plain ASCII is allowed outside comments");
			return false;
		}
	return true;
}

static bool vet_section(struct ini_reader *r, const char *line)
{
	char name[SECTION_LENGTH_MAX + 1];
	const char *close = strchr(line, ']');
	size_t length;

	if (!close || close > line + content_end(line)) {
		reader_complain(r, "section without its closing bracket; write it as [conntrack]");
		return false;
	}
	if (line + content_end(line) != close + 1) {
		reader_complain(
			r,
			"text after the section's closing bracket; a comment starts with \" ;\"");
		return false;
	}
	if (!vet_ascii(r, line, 0, content_end(line)))
		return false;
	length = (size_t)(close - line - 1);
	if (length == 0 || length > SECTION_LENGTH_MAX || is_blank(line[1]) ||
	    is_blank(close[-1])) {
		reader_complain(r, "a section name has 1 to %d characters and no blank around it",
				SECTION_LENGTH_MAX);
		return false;
	}
	memcpy(name, line + 1, length);
	name[length] = '\0';
	r->section_broken = false;
	if (r->events->section)
		r->events->section(r->events->userdata, name, r->line);
	return true;
}

static bool vet_value(struct ini_reader *r, const char *line, size_t at, size_t end)
{
	if (!vet_ascii(r, line, at, end))
		return false;
	if (at < end && (line[at] == '"' || line[at] == '\'')) {
		reader_complain(r,
				"quotes are part of the value here; write the value without them");
		return false;
	}
	for (; at < end; at++) {
		if (line[at] == '#') {
			reader_complain(
				r,
				"\"#\" begins a comment only at the start of a line; use \" ;\"");
			return false;
		}
		if (line[at] == ';') {
			reader_complain(r,
					"a comment after a value needs a blank before its \";\"");
			return false;
		}
	}
	return true;
}

/* Reports a pair that has no section. name is the index of the "=", end that behind the value. */
static void refuse_orphan(struct ini_reader *r, const char *line, size_t name, size_t end)
{
	size_t value = skip_blanks(line, name + 1);
	char texts[2][LINE_LENGTH_MAX + 1] = {"", ""};

	if (!r->events->orphan) {
		reader_complain(r, "a value before the first [section]");
		return;
	}
	while (name > 0 && is_blank(line[name - 1]))
		name--;
	memcpy(texts[0], line, name);
	if (value < end)
		memcpy(texts[1], line + value, end - value);
	r->events->orphan(r->events->userdata, texts[0], texts[1], r->line);
}

static bool vet_pair(struct ini_reader *r, const char *line)
{
	size_t end = content_end(line), name = 0;

	while (name < end && line[name] != '=' && line[name] != ':')
		name++;
	if (name == end || line[name] == ':') {
		reader_complain(r, "neither a [section] nor a \"name = value\" line");
		return false;
	}
	if (name == 0) {
		reader_complain(r, "a value without a name before the \"=\"");
		return false;
	}
	if (name > NAME_LENGTH_MAX) {
		reader_complain(r, "a name of over %d characters", NAME_LENGTH_MAX);
		return false;
	}
	if (!vet_value(r, line, 0, name) || !vet_value(r, line, skip_blanks(line, name + 1), end))
		return false;
	if (!r->section_seen) {
		refuse_orphan(r, line, name, end);
		return false;
	}
	return !r->section_broken;
}

/*
 * Returns whether the line may go to inih, and adds a problem otherwise. The line must end in NUL
 * and have no line end.
 */
static bool vet_line(struct ini_reader *r, const char *line, size_t length)
{
	size_t start = skip_blanks(line, 0);

	if (strlen(line) != length) {
		reader_complain(r, "a NUL byte; this is a text file");
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		if (text_is_control(line[i]) && line[i] != '\t') {
			reader_complain(r, "a control character (0x%02x)%s", (unsigned int)line[i],
					line[i] == '\r' ? "; end lines with LF or CR LF" : "");
			return false;
		}
	}
	if (!text_is_utf8(line, length)) {
		reader_complain(r, "neither ASCII nor UTF-8");
		return false;
	}
	line += start;
	if (!line[0] || line[0] == ';' || line[0] == '#')
		return false;
	if (line[0] == '[')
		return vet_section(r, line);
	if (r->events->line && r->events->line(r->events->userdata, line, r->line))
		return false;
	return vet_pair(r, line);
}

/* Takes the next line. Returns false at the end of the file. */
static bool take_line(struct ini_reader *r, const char **ret_line, size_t *ret_length)
{
	const char *line = r->next, *newline;
	size_t length;

	if (line == r->end)
		return false;
	newline = memchr(line, '\n', (size_t)(r->end - line));
	length = (size_t)((newline ? newline : r->end) - line);
	r->next = newline ? newline + 1 : r->end;
	r->line++;
	if (newline && length > 0 && line[length - 1] == '\r')
		length--;
	*ret_line = line;
	*ret_length = length;
	return true;
}

/*
 * Ends the previous section at a line that begins a new one, so that pairs below a faulty section
 * line are not taken for the previous section.
 */
static void leave_section(struct ini_reader *r, const char *line, size_t length)
{
	size_t start = 0;

	while (start < length && is_blank(line[start]))
		start++;
	if (start < length && line[start] == '[')
		r->section_seen = r->section_broken = true;
}

/*
 * Feeds inih: returns the next checked line, which is shorter than the buffer, or NULL at the end
 * of the file. Blanks before the content are removed, because inih takes an indented line for the
 * continuation of the one before.
 */
static char *next_line(char *buffer, int size, void *stream)
{
	struct ini_reader *r = stream;
	const char *bytes;
	size_t length;

	while (take_line(r, &bytes, &length)) {
		char line[LINE_LENGTH_MAX + 1], *content = line;

		leave_section(r, bytes, length);
		if (length > LINE_LENGTH_MAX) {
			reader_complain(r, "a line of over %d bytes", LINE_LENGTH_MAX);
			continue;
		}
		memcpy(line, bytes, length);
		line[length] = '\0';
		if (!vet_line(r, line, length))
			continue;
		content += skip_blanks(line, 0);
		content[content_end(content)] = '\0';
		(void)snprintf(buffer, (size_t)size, "%s\n", content);
		return buffer;
	}
	return NULL;
}

static int take_pair(void *userdata, const char *section, const char *name, const char *value)
{
	const struct ini_reader *r = userdata;

	r->events->pair(r->events->userdata, section, name, value, r->line);
	return 1;
}

int ini_read(const char *file, const char *bytes, size_t size, const struct ini_events *events,
	     struct problems *problems)
{
	struct ini_reader r = {
		.file = file,
		.next = bytes,
		.end = bytes + size,
		.events = events,
		.problems = problems,
	};
	int error;

	if (size >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0)) {
		r.line = 1;
		reader_complain(&r, "UTF-16; save the file as plain text or UTF-8");
		return 0;
	}
	if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		r.next += 3;

	/*
	 * This is the handler with 4 arguments, because the header of inih does not say whether the
	 * library was built to pass line numbers as a fifth one.
	 */
	error = ini_parse_stream(next_line, &r, take_pair, &r);
	if (error == -2)
		return -ENOMEM;
	if (error != 0) {
		/* No checked line is known that inih refuses. */
		problems_add(problems, SEVERITY_ERROR, file, error > 0 ? r.line : 0,
			     "inih cannot read this file");
	}
	return problems->out_of_memory ? -ENOMEM : 0;
}
