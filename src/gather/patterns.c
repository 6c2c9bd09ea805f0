/* Expands a shell's pattern to paths, in the files of a host or image. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/patterns.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/buffer.h"

struct expansion {
	struct reading *reading;
	size_t *names;
	int (*visit)(void *data, const char *path);
	void *data;
};

static int expand(const struct expansion *expansion, const char *directory, const char *pattern);

static int expand_below(const struct expansion *expansion, const char *directory, const char *name,
			const char *rest)
{
	char *CLEANUP(free_pointer) path = text_format("%s/%s", directory, name);

	return path ? expand(expansion, path, rest) : -ENOMEM;
}

/* Visits the entries of a directory that match the part of a pattern before `rest`. */
static int expand_names(const struct expansion *expansion, const char *directory, const char *part,
			const char *rest)
{
	struct names CLEANUP(names_done) names = {0};
	int error = reading_list(expansion->reading, *directory ? directory : "/", "", &names);

	*expansion->names += names.count;
	for (size_t i = 0; i < names.count && error == 0; i++)
		if (fnmatch(part, names.items[i], FNM_PERIOD) == 0)
			error = expand_below(expansion, directory, names.items[i], rest);
	return error;
}

/*
 * Visits the files below a directory that match a pattern. The directory has no slash at its end.
 */
static int expand(const struct expansion *expansion, const char *directory, const char *pattern)
{
	size_t start = strspn(pattern, "/"), length = strcspn(pattern + start, "/");
	char *CLEANUP(free_pointer) part = strndup(pattern + start, length);
	const char *rest = pattern + start + length;

	if (!part)
		return -ENOMEM;
	if (expansion->reading->full)
		return 0;
	if (++*expansion->names > PATTERN_NAMES_MAX) {
		reading_refuse(expansion->reading, *directory ? directory : "/",
			       "patterns of included files were compared with 100,000 names before "
			       "this one, and the program compares no more; include fewer files");
		expansion->reading->full = true;
		return 0;
	}
	if (length == 0)
		return expansion->visit(expansion->data, directory);
	if (strpbrk(part, "*?["))
		return expand_names(expansion, directory, part, rest);
	return expand_below(expansion, directory, part, rest);
}

int expand_pattern(struct reading *reading, size_t *names, const char *pattern,
		   int (*visit)(void *data, const char *path), void *data)
{
	return expand(&(struct expansion){reading, names, visit, data}, "", pattern);
}
