/* Rules of others that act on nf_conntrack: what ours does already. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/lint.h"

static bool has(const char *line, size_t length, const char *part)
{
	size_t size = strlen(part);

	for (size_t i = 0; i + size <= length; i++)
		if (memcmp(line + i, part, size) == 0)
			return true;
	return false;
}

/* Where a logical line ends: a backslash at its end goes on with the next. */
static size_t measure(const char *text, unsigned int *lines)
{
	size_t length = strcspn(text, "\n");

	*lines = 1;
	while (length > 0 && text[length] == '\n' && text[length - 1] == '\\') {
		length += 1 + strcspn(text + length + 1, "\n");
		++*lines;
	}
	return length;
}

void lint_udev(const char *path, const char *text, struct problems *problems)
{
	/* What a rule of that kind does; the first one counts. */
	static const struct {
		const char *part, *words;
	} kinds[] = {
		{"RUN", "starts a program at each load"},
		{"PROGRAM", "starts a program at each load"},
		{"SYSCTL{", "writes values at each load"},
		{"parameters/hashsize", "writes the hashsize at each load"},
	};
	unsigned int number = 1, lines;

	for (size_t length; *text; text += length + (text[length] == '\n'), number += lines) {
		size_t blank = strspn(text, " \t");

		length = measure(text, &lines);
		if (text[blank] == '#' || !has(text, length, "nf_conntrack"))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
			if (!has(text, length, kinds[i].part))
				continue;
			problems_add(
				problems, SEVERITY_WARNING, path, number,
				"this rule %s; the rule of conntrack-persist sets the values by "
				"itself: take this one out, or the later of the two decides",
				kinds[i].words);
			break;
		}
	}
}
