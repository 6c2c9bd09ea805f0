/* Turns the settings in a host's files into a configuration of our own. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/from-system.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/config/schema.h"
#include "model/plan/sizes.h"
#include "model/runtime/kernel-params.h"

/* The line whose value wins; path NULL: there is none. */
struct source {
	const char *path; /* not owned */
	unsigned int line;
	char text[64];
};

/* The settings that modprobe can set. */
static const struct {
	const char *setting, *parameter;
} parameter_rows[] = {
	{"hashsize", "hashsize"},
	{"expect_hashsize", "expect_hashsize"},
	{"acct", "acct"},
	{"timestamp", "tstamp"},
};
#define PARAMETERS ARRAY_SIZE(parameter_rows)
#define READERS	   2U

/* The names of one setting in the kernel. */
struct from_system_names {
	char text[96];
	const char *list[2];
};

/* The contents of all files, read once. The arrays have an item for each row of the schema. */
struct adoption {
	struct from_system_names *names;
	struct sysctl_knob *knobs;
	struct sysctl_writers *found[READERS];
	struct source parameters[PARAMETERS];
	const struct facts *facts; /* not owned */
};

static void adoption_done(struct adoption *adoption)
{
	for (size_t i = 0; i < READERS; i++) {
		for (size_t k = 0; adoption->found[i] && k < schema_count; k++)
			sysctl_writers_done(&adoption->found[i][k]);
		free(adoption->found[i]);
	}
	free(adoption->names);
	free(adoption->knobs);
}

/* Makes a knob for a setting that sysctl can set; nf_conntrack_buckets sets hashsize. */
static void make_knob(size_t id, struct from_system_names *names, struct sysctl_knob *knob)
{
	const char *key = id == SETTING_HASHSIZE ? "nf_conntrack_buckets" : schema[id].key;

	if (!key)
		return;
	(void)snprintf(names->text, sizeof(names->text), "net/netfilter/%s", key);
	names->list[0] = names->text;
	names->list[1] = "net/nf_conntrack_max";
	*knob = (struct sysctl_knob){names->list, id == SETTING_MAX ? 2 : 1, &schema[id], NULL};
}

static int read_sysctl(const struct from_system_request *request, struct adoption *adoption,
		       struct sysctl_cut *ret_cut)
{
	static const enum sysctl_reader readers[READERS] = {SYSCTL_SYSTEMD, SYSCTL_PROCPS};
	int error = 0;

	adoption->names = calloc(schema_count, sizeof(*adoption->names));
	adoption->knobs = calloc(schema_count, sizeof(*adoption->knobs));
	if (!adoption->names || !adoption->knobs)
		return -ENOMEM;
	for (size_t i = 0; i < schema_count; i++)
		make_knob(i, &adoption->names[i], &adoption->knobs[i]);
	for (size_t i = 0; i < READERS && error == 0; i++) {
		adoption->found[i] = calloc(schema_count, sizeof(*adoption->found[i]));
		error = adoption->found[i]
				? sysctl_writers_find(request->sysctl_files, request->sysctl_count,
						      readers[i], adoption->knobs, schema_count,
						      adoption->found[i], ret_cut)
				: -ENOMEM;
	}
	return error;
}

/* Returns the last writer whose value the kernel accepts; with row NULL the bounds do not count. */
static const struct sysctl_writer *find_last(const struct sysctl_writers *writers,
					     const struct schema_row *row)
{
	const struct sysctl_knob knob = {.row = row};

	for (size_t i = writers->count; i > 0; i--)
		if (sysctl_is_taken(&knob, writers->items[i - 1].value))
			return &writers->items[i - 1];
	return NULL;
}

/*
 * Finds the winning line of sysctl.d. If the kernel would refuse every number, finds the last one,
 * so that the caller can warn about it.
 */
static void find_sysctl(const struct adoption *adoption, size_t id, struct source *ret)
{
	for (size_t i = 0; i < (size_t)2 * READERS && !ret->path; i++) {
		const struct sysctl_writer *last = find_last(&adoption->found[i % READERS][id],
							     i < READERS ? &schema[id] : NULL);

		if (!last)
			continue;
		ret->path = last->path;
		ret->line = last->line;
		(void)snprintf(ret->text, sizeof(ret->text), "%s", last->value);
	}
}

/*
 * Keeps the value of a parameter in place of an earlier one. The name has no prefix of the module.
 */
static void keep_parameter(struct adoption *adoption, const struct parameter *parameter,
			   const char *path, unsigned int line)
{
	for (size_t i = 0; i < PARAMETERS; i++) {
		struct source *source = &adoption->parameters[i];

		if (!parameter_is(parameter, parameter_rows[i].parameter))
			continue;
		*source = (struct source){.path = path, .line = line};
		(void)snprintf(source->text, sizeof(source->text), "%.*s",
			       (int)parameter->value_length,
			       parameter->value ? parameter->value : "");
	}
}

/*
 * Reads the parameters of all files and of the kernel command line, which overrides them. The last
 * one of each counts.
 */
static void read_parameters(const struct from_system_request *request, struct adoption *adoption)
{
	static const char module[] = "nf_conntrack.";
	const char *rest = request->command_line;
	struct parameter parameter;

	for (size_t i = 0; i < request->modprobe->count; i++) {
		const struct modprobe_record *record = &request->modprobe->items[i];
		const char *options = record->line.rest;

		if (strcmp(record->line.command, "options") != 0 ||
		    !modprobe_line_is_ours(&record->line))
			continue;
		while (parameter_next(&options, &parameter))
			keep_parameter(adoption, &parameter, record->path, record->line.number);
	}
	while (parameter_next(&rest, &parameter)) {
		if (parameter.name_length < strlen(module) ||
		    memcmp(parameter.name, module, strlen(module)) != 0)
			continue;
		parameter.name += strlen(module);
		parameter.name_length -= strlen(module);
		keep_parameter(adoption, &parameter, "/proc/cmdline", 0);
	}
}

/*
 * Returns the line that sets a setting. A write by sysctl counts more than a module option, because
 * it comes after the load.
 */
static struct source find_source(const struct adoption *adoption, size_t id)
{
	struct source source = {0};

	find_sysctl(adoption, id, &source);
	for (size_t i = 0; i < PARAMETERS && !source.path; i++)
		if (strcmp(schema[id].name, parameter_rows[i].setting) == 0)
			source = adoption->parameters[i];
	return source;
}

/*
 * How much of a path a comment shows, from its end, which has the name of the file. A line of the
 * configuration has at most 198 bytes (model/config/ini.c).
 */
#define PATH_SHOWN 120

static const char *last_part(const char *path)
{
	size_t length = strlen(path);
	const char *part = length > PATH_SHOWN ? path + length - PATH_SHOWN : path;

	/* The cut must not split a character of UTF-8. */
	while (((unsigned char)*part & 0xc0) == 0x80)
		part++;
	return part;
}

/*
 * Adds "name = number" with a comment behind it. A foreign text in the comment cannot start another
 * line.
 */
static void add_line(struct buffer *b, const struct schema_row *row, uint64_t number,
		     const char *comment)
{
	struct buffer CLEANUP(buffer_clear) line = {0};

	schema_format_line(row, number, &line);
	/* The padding aligns the comments. */
	buffer_printf(b, "%-32s ; ", line.data ? line.data : "");
	buffer_add_shown(b, comment, strlen(comment));
	buffer_add(b, "\n");
}

/* Adds max. With hashsize alone the kernel sets max to 8 times the rounded buckets. */
static int add_max(const struct adoption *adoption, struct buffer *b)
{
	struct source source = find_source(adoption, SETTING_HASHSIZE);
	uint64_t hashsize;

	if (!source.path ||
	    schema_parse_kernel(&schema[SETTING_HASHSIZE], source.text, &hashsize) < 0)
		return 0;
	add_line(b, &schema[SETTING_MAX],
		 sizes_own_max(sizes_round_buckets(hashsize, adoption->facts->page_size,
						   adoption->facts->word_size)),
		 "no file sets it: 8 times the buckets, as the kernel does");
	return 1;
}

/* Returns 1 if the setting was added, 0 if no file sets it, or -ENOMEM. */
static int add_setting(const struct adoption *adoption, size_t id, struct buffer *b,
		       struct problems *problems)
{
	const struct schema_row *row = &schema[id];
	struct source source = find_source(adoption, id);
	const char *path;
	char comment[256], number_of_line[16] = "";
	uint64_t number;
	int error;

	if (!source.path)
		return id == SETTING_MAX ? add_max(adoption, b) : 0;
	error = schema_parse_kernel(row, source.text, &number);
	if (error < 0) {
		problems_add(problems, SEVERITY_WARNING, source.path, source.line,
			     "left out: \"%s\" is %s %s.%s", source.text,
			     error == -ERANGE ? "out of the bounds of" : "no value of",
			     row->section, row->name);
		return 0;
	}
	path = last_part(source.path);
	if (source.line)
		(void)snprintf(number_of_line, sizeof(number_of_line), ":%u", source.line);
	(void)snprintf(comment, sizeof(comment), "%s%s%s", path == source.path ? "" : "...", path,
		       number_of_line);
	add_line(b, row, number, comment);
	return 1;
}

static int render(const struct adoption *adoption, struct buffer *b, struct problems *problems)
{
	int count = 0;

	for (size_t k = 0; schema_section(k); k++) {
		struct buffer CLEANUP(buffer_clear) section = {0};

		for (size_t i = 0; i < schema_count; i++)
			if (strcmp(schema[i].section, schema_section(k)) == 0)
				count += add_setting(adoption, i, &section, problems);
		if (section.error < 0)
			return -ENOMEM;
		if (section.data)
			buffer_printf(b, "[%s]\n%s", schema_section(k), section.data);
	}
	return b->error < 0 ? -ENOMEM : count;
}

int from_system_render(const struct from_system_request *request, struct buffer *b,
		       struct problems *problems, struct sysctl_cut *ret_cut)
{
	struct adoption CLEANUP(adoption_done) adoption = {.facts = &request->facts};
	int error = read_sysctl(request, &adoption, ret_cut);

	if (error < 0)
		return error;
	read_parameters(request, &adoption);
	return render(&adoption, b, problems);
}
