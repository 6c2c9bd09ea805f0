/* Finds lines of modprobe.d and kernel command line parameters that set values of the plan. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "model/config/module-options.h"
#include "model/plan/artifact.h"
#include "model/runtime/kernel-params.h"
#include "model/sources/writers.h"

/*
 * The options of one line for one value. If the kernel refuses one of them, the module does not
 * load.
 */
struct line_option {
	const struct value *value;
	struct parameter first;
	bool seen;
	bool refused; /* whether the kernel refuses one of them */
};

static void add_option(const struct line_option *option, const char *path, unsigned int line,
		       struct writers *writers)
{
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct writer *writer;

	writers_take_win(writers, option->value, SOURCE_OPTIONS);
	if (artifact_is_read_at(path))
		return;
	buffer_add_bytes(&text, option->first.value ? option->first.value : "",
			 option->first.value_length < SYSCTL_VALUE_MAX ? option->first.value_length
								       : SYSCTL_VALUE_MAX);
	writers->out_of_memory |= text.error < 0;
	writer = text.data ? writers_add(writers, option->value, path, line, text.data,
					 SOURCE_OPTIONS, true)
			   : NULL;
	if (!writer)
		return;
	writer->refused |= option->refused;
	writer->wins |= writer->refused ? 0 : SOURCE_BIT(SOURCE_OPTIONS);
}

/*
 * Adds the options of one line, or of the kernel command line, that set a value. prefix: the text
 * before each name.
 */
static void add_options(const struct line_option targets[MODULE_OPTIONS], const char *rest,
			const char *prefix, const char *path, unsigned int line,
			struct writers *writers)
{
	struct line_option options[MODULE_OPTIONS];
	struct parameter parameter;
	size_t length = strlen(prefix);

	memcpy(options, targets, sizeof(options));
	while (parameter_next(&rest, &parameter)) {
		const struct module_option *known;
		struct line_option *option;

		if (parameter.name_length < length || memcmp(parameter.name, prefix, length) != 0)
			continue;
		parameter.name += length;
		parameter.name_length -= length;
		known = module_option_find(parameter.name, parameter.name_length);
		option = known ? &options[known - module_options] : NULL;
		if (!option || !option->value)
			continue;
		if (!option->seen)
			option->first = parameter;
		option->seen = true;
		option->refused |= !parameter_is_accepted(&parameter);
	}
	for (size_t i = 0; i < MODULE_OPTIONS; i++)
		if (options[i].seen)
			add_option(&options[i], path, line, writers);
}

void writers_of_modprobe(const struct values *values, const struct modprobe_records *records,
			 const char *command_line, struct writers *writers)
{
	struct line_option targets[MODULE_OPTIONS] = {0};

	for (size_t i = 0; i < MODULE_OPTIONS; i++)
		for (size_t k = 0; k < values->count; k++)
			if (module_options[i].value &&
			    strcmp(values->items[k].key, module_options[i].value) == 0)
				targets[i].value = &values->items[k];
	for (size_t i = 0; i < records->count; i++) {
		const struct modprobe_line *line = &records->items[i].line;

		if (strcmp(line->command, "options") == 0 && modprobe_line_is_ours(line))
			add_options(targets, line->rest, "", records->items[i].path, line->number,
				    writers);
	}
	add_options(targets, command_line, "nf_conntrack.", "/proc/cmdline", 0, writers);
}
