/* What modprobe makes of a module by the lines of modprobe.d, all files merged. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/modprobe-view.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "model/modprobe-lines.h"

void modprobe_view_done(struct modprobe_view *view)
{
	free(view->install);
	free(view->softdep);
	free(view->options);
	*view = (struct modprobe_view){0};
}

static void take_first(char **text, struct modprobe_line *line)
{
	if (!*text)
		*text = steal_pointer(&line->rest);
}

static int join(char **text, const struct modprobe_line *line)
{
	struct buffer joined = {0};
	char *CLEANUP(free_pointer) before = *text;

	buffer_printf(&joined, "%s%s%s", before ? before : "", before ? " " : "", line->rest);
	*text = NULL;
	return buffer_steal(&joined, text, NULL);
}

/*
 * A line with nothing behind the name is none, but for blacklist, whose name a carriage return makes another one. Of
 * install and softdep lines the first one counts.
 */
static int take(struct modprobe_view *view, struct modprobe_line *line)
{
	if (strcmp(line->command, "blacklist") == 0)
		view->blacklisted |= *line->rest || !line->carriage_return;
	else if (*line->rest && strcmp(line->command, "install") == 0)
		take_first(&view->install, line);
	else if (*line->rest && strcmp(line->command, "softdep") == 0)
		take_first(&view->softdep, line);
	else if (*line->rest && strcmp(line->command, "options") == 0)
		return join(&view->options, line);
	return 0;
}

static int take_file(struct modprobe_view *view, const char *text, const char *module)
{
	unsigned int number = 1;
	struct modprobe_line line = {0};
	int found, error = 0;

	while (error == 0 && (found = modprobe_statement_next(&text, &number, &line)) != 0) {
		if (found < 0)
			return found;
		if (modprobe_line_is_of(&line, module))
			error = take(view, &line);
		modprobe_line_done(&line);
	}
	return error;
}

int modprobe_view_of_files(const struct modprobe_file *files, size_t count, const char *module,
			   struct modprobe_view *ret)
{
	struct modprobe_view view = {0};
	int error = 0;

	for (size_t i = 0; i < count && error == 0; i++)
		error = take_file(&view, files[i].text, module);
	if (error < 0) {
		modprobe_view_done(&view);
		return error;
	}
	*ret = view;
	return 0;
}

bool modprobe_install_loads(const char *command)
{
	return strstr(command, "modprobe") || strstr(command, "insmod");
}

/* A softdep line switches all install lines of its module off. */
bool modprobe_view_is_blocked(const struct modprobe_view *view)
{
	return view->install && !view->softdep && !modprobe_install_loads(view->install);
}
