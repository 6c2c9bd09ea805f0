/*
 * Fuzz harness: any names and texts of files as what is adopted; what comes out has no line that is
 * not the program's own.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/config/config.h"
#include "model/sources/from-system.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILES_MAX 16

struct host {
	struct text_file sysctl[FILES_MAX];
	size_t sysctl_count;
	struct text_file modprobe[FILES_MAX];
	size_t modprobe_count;
	const char *command_line;
};

/*
 * Parts end in NUL: the kernel command line, then "s" or "m", a name, and the text of that file of
 * sysctl.d or modprobe.d.
 */
static void read_host(const char *text, const char *end, struct host *host)
{
	host->command_line = text;
	for (const char *name = text + strlen(text) + 1; name < end;) {
		const char *content = name + strlen(name) + 1;

		if (content > end)
			return;
		if (*name == 's' && host->sysctl_count < FILES_MAX)
			host->sysctl[host->sysctl_count++] = (struct text_file){
				.path = name + 1, .text = content < end ? content : ""};
		else if (*name == 'm' && host->modprobe_count < FILES_MAX)
			host->modprobe[host->modprobe_count++] = (struct text_file){
				.path = name + 1, .text = content < end ? content : ""};
		name = content + (content < end ? strlen(content) + 1 : 0);
		if (content >= end)
			return;
	}
}

static bool is_section(const char *line, size_t length)
{
	const char *name;

	for (size_t i = 0; (name = schema_section(i)); i++)
		if (length == strlen(name) + 2 && line[0] == '[' && line[length - 1] == ']' &&
		    memcmp(line + 1, name, length - 2) == 0)
			return true;
	return false;
}

/* "name = value", with blanks and a comment behind it or nothing. */
static bool is_setting(const char *line, size_t length)
{
	size_t word = 0, rest;

	for (size_t i = 0; i < schema_count && word == 0; i++) {
		size_t name = strlen(schema[i].name);

		if (length > name && memcmp(line, schema[i].name, name) == 0 && line[name] == ' ')
			word = name;
	}
	if (word == 0 || length < word + 4 || memcmp(line + word, " = ", 3) != 0)
		return false;
	rest = word + 3;
	while (rest < length && strchr("0123456789yesno%", line[rest]))
		rest++;
	while (rest < length && line[rest] == ' ')
		rest++;
	return rest == length || line[rest] == ';';
}

static void check_lines(const char *text, size_t size)
{
	bool is_utf8 = text_is_utf8(text, size), harmless;

	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;

		if (!end || (length > 0 && *text != ';' && *text != '#' &&
			     !is_section(text, length) && !is_setting(text, length)))
			abort();
		for (size_t i = 0; i < length;) {
			i += text_next_character(text + i, length - i, is_utf8, &harmless);
			if (!harmless)
				abort();
		}
		text += length + 1;
		size -= length + 1;
	}
}

static void check_configuration(const struct buffer *text, const struct facts *facts)
{
	struct plan plan = {0};
	struct config CLEANUP(config_done) config = {0};
	struct problems CLEANUP(problems_done) problems = {0};

	if (config_new(&config) < 0)
		return;
	if (config_read(&config, "adopted", text->data ? text->data : "", text->length,
			&problems) == 0 &&
	    problems_have_error(&problems))
		abort();
	if (config.values[SETTING_MODE].set)
		abort();
	/* A plan for this host accepts it. */
	if (plan_build(&(struct plan_request){.config = &config, .facts = facts}, &problems,
		       &plan) != 0 ||
	    problems_have_error(&problems))
		abort();
	plan_done(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct host host = {0};
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	struct buffer CLEANUP(buffer_clear) text = {0};
	const struct facts facts = {.ram = 1 << 30, .page_size = 4096, .word_size = 8};
	struct host_writers CLEANUP(host_writers_done) found = {.writers.facts = &facts};
	char *CLEANUP(free_pointer) copy = malloc(size + 1);

	if (!copy)
		return 0;
	if (size > 0)
		memcpy(copy, data, size);
	copy[size] = '\0';
	read_host(copy, copy + size, &host);
	if (modprobe_records_read(host.modprobe, host.modprobe_count, &records) < 0)
		return 0;
	if (values_of_schema(&found.values) < 0)
		return 0;
	writers_of_sysctl(&found.values, host.sysctl, host.sysctl_count, &found.writers);
	writers_of_modprobe(&found.values, &records, host.command_line, &found.writers);
	if (from_system_render(&found, &facts, &text, &problems) < 0)
		return 0;
	if (text.data)
		check_lines(text.data, text.length);
	check_configuration(&text, &facts);
	return 0;
}
