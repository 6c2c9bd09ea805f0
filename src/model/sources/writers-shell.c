/* Finds commands of scripts, units and modprobe.d that set values of the plan. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/plan/artifact.h"
#include "model/runtime/modprobe-view.h"
#include "model/sources/writers.h"

/* The text that is read, with where its findings go. */
struct shell_text {
	const struct values *values;
	const struct writer_line *origin;
	struct writers *writers;
};

static int visit_setting(void *data, const struct shell_setting *setting)
{
	const struct shell_text *text = data;
	const struct value *value =
		writers_find_value(text->values, setting->name, strlen(setting->name));
	struct writer_line line = *text->origin;

	if (!value)
		return 0;
	line.number = setting->line;
	line.text = setting->value;
	line.computed = setting->computed;
	writers_set(text->writers, value, &line);
	return 0;
}

int writers_of_shell(const struct values *values, const struct writer_line *origin,
		     const char *text, size_t size, enum shell_form form,
		     const struct shell_visitor *others, struct writers *writers)
{
	struct shell_text data = {values, origin, writers};
	struct shell_visitor visitor = *others;

	visitor.set = visit_setting;
	visitor.set_data = &data;
	return shell_read(text, size, origin->number, form, &visitor);
}

int writers_of_install_lines(const struct values *values, const struct modprobe_records *records,
			     const struct shell_visitor *others, struct writers *writers)
{
	bool runs = true;
	int error = 0, loads;

	for (size_t i = 0; i < records->count; i++)
		runs = runs && !(strcmp(records->items[i].line.command, "softdep") == 0 &&
				 *records->items[i].line.rest &&
				 modprobe_line_is_ours(&records->items[i].line));
	for (size_t i = 0; i < records->count && error == 0; i++) {
		const struct modprobe_line *line = &records->items[i].line;
		struct writer_line origin = {
			.path = records->items[i].path,
			.number = line->number,
			.source = SOURCE_INSTALL_LINE,
			.inactive = !runs,
		};

		if (strcmp(line->command, "install") != 0 || !*line->rest ||
		    !modprobe_line_is_ours(line))
			continue;
		/* The key is absent when its command runs, because it loads no nf_conntrack. */
		loads = modprobe_install_loads(line->rest, "nf_conntrack");
		origin.inactive |= loads == 0;
		if (loads < 0)
			error = loads;
		else if (!artifact_is_read_at(origin.path))
			error = writers_of_shell(values, &origin, line->rest, strlen(line->rest),
						 SHELL_SCRIPT, others, writers);
		runs = false;
	}
	return error;
}
