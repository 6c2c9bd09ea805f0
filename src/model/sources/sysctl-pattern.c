/* Matches patterns in the keys of sysctl.d, as glob(3) does with names below /proc/sys. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/sysctl-pattern.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>

#include "base/buffer.h"

/* A part of a name or pattern up to a slash, and its length. */
struct part {
	const char *text;
	size_t length;
};

static struct part next_part(const char *text)
{
	return (struct part){text, strcspn(text, "/")};
}

/*
 * Returns whether a part of the pattern, which ends in NUL, matches a part of the name. No part of
 * a name is longer than 255 bytes.
 */
static bool part_matches(const char *pattern, struct part name)
{
	char text[NAME_MAX + 1];

	if (name.length >= sizeof(text))
		return false;
	memcpy(text, name.text, name.length);
	text[name.length] = '\0';
	return fnmatch(pattern, text, FNM_PERIOD) == 0;
}

/*
 * Copies one part of a pattern to the buffer, so that it ends in NUL. Returns NULL if memory is
 * out.
 */
static const char *copy_part(struct buffer *b, struct part part)
{
	buffer_reset(b);
	buffer_add_bytes(b, part.text, part.length);
	return b->data;
}

/*
 * Returns 1 and sets *ret_found if a pattern without braces matches the name, 0 if not, or -ENOMEM.
 */
static int match_name(const char *pattern, const char *name, struct buffer *scratch,
		      char **ret_found)
{
	struct buffer CLEANUP(buffer_clear) found = {0};
	size_t slashes = strspn(pattern, "/");

	for (;;) {
		struct part name_part = next_part(name), part;
		const char *text;

		buffer_add_bytes(&found, pattern, slashes);
		pattern += slashes;
		part = next_part(pattern);
		slashes = strspn(pattern + part.length, "/");
		if (part.length == 1 && *pattern == '.' && slashes > 0) {
			buffer_add(&found, ".");
			pattern++;
			continue;
		}
		text = copy_part(scratch, part);
		if (!text)
			return -ENOMEM;
		if (!part_matches(text, name_part))
			return 0;
		buffer_add_bytes(&found, name, name_part.length);
		pattern += part.length;
		name += name_part.length;
		if (*name == '\0' || *pattern == '\0')
			break;
		name++;
	}
	if (*name != '\0' || *pattern != '\0')
		return 0;
	return buffer_steal(&found, ret_found, NULL) < 0 ? -ENOMEM : 1;
}

/* The state that all alternatives of a pattern share. */
struct pattern_search {
	struct sysctl_match *matches;
	size_t count;
	size_t bytes_left;
};

static int match_plain(const char *pattern, struct pattern_search *search)
{
	struct buffer CLEANUP(buffer_clear) scratch = {0};
	size_t length = strlen(pattern) + 1;

	if (length > search->bytes_left)
		return -E2BIG;
	search->bytes_left -= length;
	for (size_t i = 0; i < search->count; i++) {
		struct sysctl_match *match = &search->matches[i];
		int error = match->found
				    ? 0
				    : match_name(pattern, match->name, &scratch, &match->found);

		if (error < 0)
			return error;
	}
	return 0;
}

/* Returns the first brace, or NULL. */
static const char *find_brace(const char *text)
{
	for (; *text && *text != '{'; text++)
		if (*text == '\\' && text[1])
			text++;
	return *text ? text : NULL;
}

/* Returns the comma or brace that ends an alternative, or NULL. */
static const char *end_of_alternative(const char *text)
{
	for (size_t depth = 0; *text; text++) {
		if (*text == '\\') {
			if (!*++text)
				return NULL;
			continue;
		}
		if (depth == 0 && (*text == ',' || *text == '}'))
			return text;
		if (*text == '{')
			depth++;
		else if (*text == '}')
			depth--;
	}
	return NULL;
}

/* Returns the position behind the brace that closes this one, or NULL if none does. */
static const char *behind_braces(const char *brace)
{
	const char *end = brace;

	do
		end = end_of_alternative(end + 1);
	while (end && *end == ',');
	return end ? end + 1 : NULL;
}

/* Matches each alternative of the first braces in turn, and recursively those of the next. */
static int match_alternatives(const char *pattern, struct pattern_search *search)
{
	const char *brace = find_brace(pattern);
	const char *rest = brace ? behind_braces(brace) : NULL;
	const char *end = brace;
	int error = 0;

	if (!rest)
		return match_plain(pattern, search);
	while (*end != '}' && error == 0) {
		struct buffer CLEANUP(buffer_clear) one = {0};
		const char *start = end + 1;

		end = end_of_alternative(start);
		buffer_add_bytes(&one, pattern, (size_t)(brace - pattern));
		buffer_add_bytes(&one, start, (size_t)(end - start));
		buffer_add(&one, rest);
		/*
		 * Each copy counts, so that neither depth nor number of braces can exceed the
		 * bound.
		 */
		if (one.length >= search->bytes_left)
			return -E2BIG;
		search->bytes_left -= one.length;
		error = one.error < 0 ? -ENOMEM : match_alternatives(one.data, search);
	}
	return error;
}

int sysctl_pattern_match(const char *pattern, bool braces, struct sysctl_match *matches,
			 size_t count, size_t *inout_bytes)
{
	struct pattern_search search = {matches, count, *inout_bytes};
	int error = strlen(pattern) >= search.bytes_left ? -E2BIG
		    : braces				 ? match_alternatives(pattern, &search)
							 : match_plain(pattern, &search);

	*inout_bytes = error == -E2BIG ? 0 : search.bytes_left;
	return error;
}
