/* Reads sysctl.d text into assignments, as each of its two readers does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/assignments.h"

#include <errno.h>
#include <string.h>

/*
 * Returns whether the reader takes the character as a blank. Only systemd-sysctl ends a line at a
 * carriage return too.
 */
static bool is_blank(char c, enum sysctl_reader reader)
{
	if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
		return true;
	return reader != SYSCTL_SYSTEMD && (c == '\v' || c == '\f');
}

static bool ends_line(char c, enum sysctl_reader reader)
{
	return c == '\n' || (c == '\r' && reader == SYSCTL_SYSTEMD);
}

void assignment_done(struct assignment *assignment)
{
	buffer_clear(&assignment->key);
	*assignment = (struct assignment){0};
}

bool assignment_is_pattern(const struct assignment *assignment)
{
	return strpbrk(assignment->key.data, "*?[") != NULL;
}

/* A part of the text, which need not end in a NUL. */
struct span {
	const char *start;
	size_t length;
};

/* Cuts a line off the text. For systemd-sysctl CR, LF, CR LF and LF CR each end a line. */
static struct span cut_line(const char **position, enum sysctl_reader reader)
{
	struct span line = {*position, 0};
	const char *end = line.start;

	while (*end && !ends_line(*end, reader))
		end++;
	line.length = (size_t)(end - line.start);
	*position = end;
	if (*end)
		++*position;
	if (*end && *end != end[1] && reader == SYSCTL_SYSTEMD && ends_line(end[1], reader))
		++*position;
	return line;
}

static struct span skip_blanks(struct span span, enum sysctl_reader reader)
{
	while (span.length > 0 && is_blank(*span.start, reader)) {
		span.start++;
		span.length--;
	}
	return span;
}

static struct span trim(struct span span, enum sysctl_reader reader)
{
	while (span.length > 0 && is_blank(span.start[span.length - 1], reader))
		span.length--;
	return skip_blanks(span, reader);
}

static struct span behind(struct span span, size_t count)
{
	return (struct span){span.start + count, span.length - count};
}

/* Exchanges dots and slashes if the first separator is a dot; leaves all of them otherwise. */
static void use_slashes(char *key)
{
	while (*key && *key != '.' && *key != '/')
		key++;
	if (*key != '.')
		return;
	for (; *key; key++)
		if (*key == '.')
			*key = '/';
		else if (*key == '/')
			*key = '.';
}

void sysctl_key_simplify(char *key)
{
	const char *from = key;
	char *to = key;

	for (;;) {
		size_t length = 0;

		while (*from == '/')
			from++;
		while (from[length] && from[length] != '/')
			length++;
		if (length == 0)
			break;
		if (length > 1 || *from != '.') {
			if (to > key)
				*to++ = '/';
			memmove(to, from, length);
			to += length;
		}
		from += length;
	}
	*to = '\0';
}

/*
 * Removes the "-" in front of a key; systemd-sysctl allows blanks behind it, procps a second "-".
 */
static struct span strip_key(struct span key, bool has_hyphen, enum sysctl_reader reader)
{
	key = trim(key, reader);
	if (!has_hyphen)
		return key;
	key = behind(key, 1);
	if (reader != SYSCTL_PROCPS)
		return skip_blanks(key, reader);
	return key.length > 0 && *key.start == '-' ? behind(key, 1) : key;
}

/* Returns 1 if the line is an assignment, 0 if it is none, or -ENOMEM. */
static int read_line(struct span line, unsigned int number, enum sysctl_reader reader,
		     struct assignment *assignment)
{
	struct span key = line, value = {0};
	const char *equals;
	bool has_hyphen;

	if (line.length == 0 || *line.start == '#' || *line.start == ';')
		return 0;
	has_hyphen = *line.start == '-';
	equals = memchr(line.start, '=', line.length);
	if (!equals && has_hyphen == (reader == SYSCTL_EVERY_LINE))
		return 0;
	if (equals) {
		key.length = (size_t)(equals - line.start);
		value = trim(behind(line, key.length + 1), reader);
	}
	key = strip_key(key, has_hyphen, reader);
	assignment->written = key.start;
	assignment->written_length = key.length;
	buffer_reset(&assignment->key);
	buffer_add_bytes(&assignment->key, key.start, key.length);
	if (assignment->key.error < 0)
		return -ENOMEM;
	use_slashes(assignment->key.data);
	if (reader == SYSCTL_SYSTEMD)
		sysctl_key_simplify(assignment->key.data);
	assignment->key.length = strlen(assignment->key.data);
	if (!*assignment->key.data)
		return 0;
	assignment->line = number;
	assignment->value = value.start;
	assignment->value_length = value.length;
	assignment->may_fail = has_hyphen && equals;
	return 1;
}

int assignment_next(const char **position, unsigned int *number, enum sysctl_reader reader,
		    struct assignment *assignment)
{
	while (**position) {
		struct span line = cut_line(position, reader);
		int found = read_line(trim(line, reader), (*number)++, reader, assignment);

		if (found != 0)
			return found;
	}
	return 0;
}
