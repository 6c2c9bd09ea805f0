/* Names lines about connection tracking in files that no reader takes because of their names. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/text.h"
#include "model/sources/lint-internal.h"

static bool is_about_conntrack(const struct text_line *line)
{
	static const char word[] = "_conntrack";
	const size_t size = sizeof(word) - 1;

	if (line->length == 0 || strchr("#;", *line->text))
		return false;
	for (size_t i = 2; i + size <= line->length; i++)
		if (memcmp(line->text + i, word, size) == 0 &&
		    (memcmp(line->text + i - 2, "nf", 2) == 0 ||
		     memcmp(line->text + i - 2, "ip", 2) == 0))
			return true;
	return false;
}

void lint_stray(const char *path, const char *text, const char *suffix, struct problems *problems)
{
	const char *slash = strrchr(path, '/');
	struct text_line line = {.next = text};
	bool found = false;

	while (!found && text_next_line(&line)) {
		text_trim_line(&line, " \t\r");
		found = is_about_conntrack(&line);
	}
	if (!found || !slash)
		return;
	if (suffix)
		problems_add(problems, SEVERITY_WARNING, path, line.number,
			     "no program reads this line, because the name of the file does not "
			     "end in \"%s\"; %s%s would be read",
			     suffix, slash + 1, suffix);
	else
		problems_add(problems, SEVERITY_WARNING, path, line.number,
			     "no program reads this line, because %.*s is a folder, and its reader "
			     "expects a file; folders that are read are /etc/sysctl.d, "
			     "/etc/modprobe.d and /etc/modules-load.d",
			     (int)(slash - path), path);
}
