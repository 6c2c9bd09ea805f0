/* Merges the lines of all modprobe.d files about one module, as modprobe does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/runtime/modprobe-view.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"

void modprobe_view_done(struct modprobe_view *view)
{
	free(view->install);
	free(view->softdep);
	free(view->options);
	*view = (struct modprobe_view){0};
}

static int keep_first(char **text, const struct modprobe_line *line)
{
	if (!*text)
		*text = strdup(line->rest);
	return *text ? 0 : -ENOMEM;
}

/*
 * Adds one line to the view. The first install and the first softdep line count. A line with only a
 * name has no effect, except for blacklist, whose name is another one with a carriage return.
 */
static int view_line(struct modprobe_view *view, struct buffer *options,
		     const struct modprobe_line *line)
{
	if (strcmp(line->command, "blacklist") == 0)
		view->blacklisted |= *line->rest || !line->carriage_return;
	else if (*line->rest && strcmp(line->command, "install") == 0)
		return keep_first(&view->install, line);
	else if (*line->rest && strcmp(line->command, "softdep") == 0)
		return keep_first(&view->softdep, line);
	else if (*line->rest && strcmp(line->command, "options") == 0)
		buffer_printf(options, "%s%s", options->length > 0 ? " " : "", line->rest);
	return options->error;
}

int modprobe_view_of_records(const struct modprobe_records *records, const char *module,
			     struct modprobe_view *ret)
{
	struct buffer CLEANUP(buffer_clear) options = {0};
	struct modprobe_view view = {0};
	int error = 0;

	for (size_t i = 0; i < records->count && error == 0; i++)
		if (modprobe_line_is_of(&records->items[i].line, module))
			error = view_line(&view, &options, &records->items[i].line);
	if (error == 0 && options.data)
		error = buffer_steal(&options, &view.options, NULL);
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

/* A softdep line disables all install lines of its module. */
bool modprobe_view_is_blocked(const struct modprobe_view *view)
{
	return view->install && !view->softdep && !modprobe_install_loads(view->install);
}
