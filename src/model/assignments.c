/* Reads sysctl.d text into assignments, as each of its two readers does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/assignments.h"

#include <errno.h>
#include <string.h>

/* What a reader takes for a blank. Only systemd-sysctl ends a line at a carriage return as well. */
static const char *blanks_of(enum sysctl_reader reader)
{
	return reader == SYSCTL_SYSTEMD ? " \t\n\r" : " \t\n\v\f\r";
}

void assignment_done(struct assignment *assignment)
{
	free(assignment->key);
	free(assignment->value);
	*assignment = (struct assignment){0};
}

bool assignment_is_pattern(const struct assignment *assignment)
{
	return strpbrk(assignment->key, "*?[") != NULL;
}

/* A part of the text, without a NUL of its own. */
struct span {
	const char *start;
	size_t length;
};

/* Cuts a line off the text. systemd-sysctl takes \r, \n, \r\n and \n\r for the end of one. */
static struct span cut_line(const char **position, enum sysctl_reader reader)
{
	const char *ends = reader == SYSCTL_SYSTEMD ? "\r\n" : "\n";
	struct span line = {*position, strcspn(*position, ends)};
	const char *end = line.start + line.length;

	*position = end;
	if (*end)
		++*position;
	if (*end && reader == SYSCTL_SYSTEMD && *end != end[1] &&
	    (end[1] == '\r' || end[1] == '\n'))
		++*position;
	return line;
}

static struct span skip_blanks(struct span span, const char *blanks)
{
	while (span.length > 0 && strchr(blanks, *span.start)) {
		span.start++;
		span.length--;
	}
	return span;
}

static struct span trim(struct span span, const char *blanks)
{
	while (span.length > 0 && strchr(blanks, span.start[span.length - 1]))
		span.length--;
	return skip_blanks(span, blanks);
}

static struct span behind(struct span span, size_t count)
{
	return (struct span){span.start + count, span.length - count};
}

/* Before a dot as the first separator the two kinds stand for each other; before a slash each for itself. */
static void use_slashes(char *key)
{
	char *separator = strpbrk(key, "/.");

	if (!separator || *separator == '/')
		return;
	for (; separator; separator = strpbrk(separator + 1, "/."))
		*separator = *separator == '.' ? '/' : '.';
}

/* Takes needless slashes and "." away, which lead nowhere. */
static void simplify(char *key)
{
	const char *from = key;
	char *to = key;

	for (;;) {
		size_t length;

		from += strspn(from, "/");
		length = strcspn(from, "/");
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

/* "-" in front of the key goes away; systemd-sysctl lets blanks follow it, procps a second one. */
static struct span strip_key(struct span key, bool has_hyphen, enum sysctl_reader reader)
{
	const char *blanks = blanks_of(reader);

	key = trim(key, blanks);
	if (!has_hyphen)
		return key;
	key = behind(key, 1);
	if (reader == SYSCTL_SYSTEMD)
		return skip_blanks(key, blanks);
	return key.length > 0 && *key.start == '-' ? behind(key, 1) : key;
}

/* 1: taken; 0: no assignment; -ENOMEM. */
static int take(struct span line, unsigned int number, enum sysctl_reader reader,
		struct assignment *ret)
{
	struct assignment CLEANUP(assignment_done) found = {.line = number};
	struct span key = line, value = {0};
	const char *equals;
	bool has_hyphen;

	if (line.length == 0 || *line.start == '#' || *line.start == ';')
		return 0;
	has_hyphen = *line.start == '-';
	equals = memchr(line.start, '=', line.length);
	if (!equals && !has_hyphen)
		return 0;
	if (equals) {
		key.length = (size_t)(equals - line.start);
		value = trim(behind(line, key.length + 1), blanks_of(reader));
		found.may_fail = has_hyphen;
		found.value = strndup(value.start, value.length);
		if (!found.value)
			return -ENOMEM;
	}
	key = strip_key(key, has_hyphen, reader);
	found.key = strndup(key.start, key.length);
	if (!found.key)
		return -ENOMEM;
	use_slashes(found.key);
	if (reader == SYSCTL_SYSTEMD)
		simplify(found.key);
	if (!*found.key)
		return 0;
	*ret = found;
	memset(&found, 0, sizeof(found));
	return 1;
}

int assignment_next(const char **position, unsigned int *number, enum sysctl_reader reader,
		    struct assignment *ret)
{
	while (**position) {
		struct span line = cut_line(position, reader);
		int found = take(trim(line, blanks_of(reader)), (*number)++, reader, ret);

		if (found != 0)
			return found;
	}
	return 0;
}
