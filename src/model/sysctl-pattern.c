/* Patterns in the keys of sysctl.d, matched as glob(3) does against one name below /proc/sys. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sysctl-pattern.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/buffer.h"

/* Nobody writes that many alternatives by hand; each pair of braces doubles the work at least. */
#define ALTERNATIVES_MAX 1024U

/* One part between two slashes. */
static int match_part(const char *pattern, size_t pattern_length, const char *name, size_t length)
{
	char *CLEANUP(free_pointer) pattern_part = strndup(pattern, pattern_length);
	char *CLEANUP(free_pointer) name_part = strndup(name, length);

	if (!pattern_part || !name_part)
		return -ENOMEM;
	return fnmatch(pattern_part, name_part, FNM_PERIOD) == 0;
}

static int match_parts(const char *pattern, const char *name, char **ret_found)
{
	struct buffer CLEANUP(buffer_clear) found = {0};
	size_t slashes = strspn(pattern, "/");
	int matches;

	for (;;) {
		size_t pattern_length, length = strcspn(name, "/");

		buffer_add_bytes(&found, pattern, slashes);
		pattern += slashes;
		pattern_length = strcspn(pattern, "/");
		slashes = strspn(pattern + pattern_length, "/");
		if (pattern_length == 1 && *pattern == '.' && slashes > 0) {
			buffer_add(&found, ".");
			pattern++;
			continue;
		}
		matches = match_part(pattern, pattern_length, name, length);
		if (matches <= 0)
			return matches;
		buffer_add_bytes(&found, name, length);
		pattern += pattern_length;
		name += length;
		if (*name == '\0' || *pattern == '\0')
			break;
		name++;
	}
	if (*name != '\0' || *pattern != '\0')
		return 0;
	matches = buffer_steal(&found, ret_found, NULL);
	return matches < 0 ? matches : 1;
}

/* The first brace; NULL: none. */
static const char *find_brace(const char *text)
{
	for (; *text && *text != '{'; text++)
		if (*text == '\\' && text[1])
			text++;
	return *text ? text : NULL;
}

/* The comma or brace that ends an alternative; NULL: none. */
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

/* Behind the brace that ends what begins with this one; NULL: none does. */
static const char *behind_braces(const char *brace)
{
	const char *end = brace;

	do
		end = end_of_alternative(end + 1);
	while (end && *end == ',');
	return end ? end + 1 : NULL;
}

/* Each alternative of the first braces in turn, and in it those of the next. */
static int match_alternatives(const char *pattern, const char *name, unsigned int *left,
			      char **ret_found)
{
	const char *brace = find_brace(pattern);
	const char *rest = brace ? behind_braces(brace) : NULL;
	const char *end = brace;
	int matches = 0;

	if (!rest)
		return match_parts(pattern, name, ret_found);
	while (*end != '}' && matches == 0 && *left > 0) {
		struct buffer CLEANUP(buffer_clear) one = {0};
		const char *start = end + 1;

		--*left;
		end = end_of_alternative(start);
		buffer_add_bytes(&one, pattern, (size_t)(brace - pattern));
		buffer_add_bytes(&one, start, (size_t)(end - start));
		buffer_add(&one, rest);
		if (one.error < 0)
			return -ENOMEM;
		matches = match_alternatives(one.data, name, left, ret_found);
	}
	return matches;
}

int sysctl_pattern_match(const char *pattern, bool braces, const char *name, char **ret_found)
{
	unsigned int left = ALTERNATIVES_MAX;

	return braces ? match_alternatives(pattern, name, &left, ret_found)
		      : match_parts(pattern, name, ret_found);
}
