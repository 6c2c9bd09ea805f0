/* Merges the lines of all modprobe.d files about one module, as modprobe does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/runtime/modprobe-view.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/shell-lines.h"

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

/* The module that a command is searched for. */
struct load_search {
	const char *module;
	bool found;
};

/* Compares names as modprobe does: "-" and "_" are the same, and insmod takes a path. */
static int visit_module(void *data, unsigned int line, const char *module)
{
	struct load_search *search = data;
	const char *slash = strrchr(module, '/'), *name = slash ? slash + 1 : module;
	size_t length = strcspn(name, "."), i = 0;

	(void)line;
	while (i < length && (name[i] == '-' ? '_' : name[i]) == search->module[i])
		i++;
	search->found |= strpbrk(module, "$`") || (i == length && search->module[i] == '\0');
	return 0;
}

/* Programs that load nothing. */
static int visit_script(void *data, unsigned int line, const char *path)
{
	static const char *const idle[] = {"true", "false", "test", "logger", "sleep"};
	struct load_search *search = data;
	const char *name = strrchr(path, '/') + 1;
	bool is_idle = false;

	(void)line;
	for (size_t i = 0; i < ARRAY_SIZE(idle); i++)
		is_idle |= strcmp(name, idle[i]) == 0;
	search->found |= !is_idle;
	return 0;
}

int modprobe_install_loads(const char *command, const char *module)
{
	struct load_search search = {.module = module};
	const struct shell_visitor visitor = {
		.script = visit_script, .module = visit_module, .data = &search};

	int error = shell_read(command, strlen(command), 1, SHELL_SCRIPT, &visitor);

	return error < 0 ? error : search.found;
}

/* A softdep line disables all install lines of its module. */
int modprobe_view_is_blocked(const struct modprobe_view *view, const char *module)
{
	int loads = 1;

	if (view->install && !view->softdep)
		loads = modprobe_install_loads(view->install, module);
	return loads < 0 ? loads : !loads;
}
