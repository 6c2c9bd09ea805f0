/* Finds names in modules-load.d that no current kernel has. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/text.h"
#include "model/plan/sizes.h"
#include "model/sources/lint-internal.h"

#define BLANKS " \t\r\f\v"

/* Warns about text behind the name, because systemd-modules-load reads one name for each line. */
static void judge_rest(const struct lint_place *place, const char *name, const char *rest)
{
	struct buffer text = {0};

	buffer_printf(&text,
		      "systemd takes the whole line for the name of a module, and finds none; ");
	if (*rest == '#' || *rest == ';')
		buffer_printf(&text, "write \"%s\" alone, and the comment on a line of its own",
			      name);
	else if (text_is_safe_line(rest, strlen(rest)))
		buffer_printf(&text, "write \"%s\" alone, and \"options %s %s\" in modprobe.d",
			      name, name, rest);
	else
		buffer_printf(&text, "write \"%s\" alone, and its options in modprobe.d", name);
	lint_tell(place, SEVERITY_WARNING, &text);
}

static void judge_line(const struct lint_place *place, const char *line, size_t length)
{
	size_t word = strcspn(line, BLANKS "\n");
	const char *rest = line + word + strspn(line + word, BLANKS);
	struct lint_old_name old = {.now = "nf_conntrack"};
	bool is_old = lint_is_old_name(line, word, &old);
	char *CLEANUP(free_pointer) tail = NULL;

	if (rest < line + length) {
		tail = strndup(rest, (size_t)(line + length - rest));
		if (!tail)
			place->problems->out_of_memory = true;
		else if (is_old || (word == strlen(old.now) && memcmp(line, old.now, word) == 0))
			judge_rest(place, old.now, tail);
		return;
	}
	if (!is_old || old.is_alias || facts_before(place->facts, 4, 18))
		return;
	lint_add(place, SEVERITY_WARNING,
		 "today's kernels have no module %.*s, so that systemd-modules-load.service "
		 "fails; write \"%s\"",
		 (int)word, line, old.now);
}

void lint_modules_load(const struct lint_request *request, const char *path, const char *text,
		       struct problems *problems)
{
	struct lint_place place = {request->facts, request->planned, path, 0, problems};

	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		place.line = line.number;
		if (lint_is_enough(&place, SEVERITY_WARNING))
			return;
		text_trim_line(&line, BLANKS);
		if (line.length > 0 && *line.text != '#' && *line.text != ';')
			judge_line(&place, line.text, line.length);
	}
}
