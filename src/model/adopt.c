/* What a host's files say of conntrack, as a configuration of ours. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/adopt.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/modprobe-lines.h"
#include "model/parameters.h"
#include "model/schema.h"
#include "model/sizes.h"

#define PAGE_SIZE_USUAL 4096U

/* The line whose value is in force; path NULL: there is none. */
struct source {
	const char *path; /* the request's */
	unsigned int line;
	char text[64];
};

/* Where every value is one that the kernel refuses, the last of them: it has to be told. */
static int find_sysctl(const struct adopt_request *request, const struct schema_row *row,
		       const char *key, struct source *ret)
{
	char name[96];
	const char *names[] = {name, "net/nf_conntrack_max"};
	struct sysctl_knob knob = {names, strcmp(key, "nf_conntrack_max") == 0 ? 2 : 1, row, NULL};

	(void)snprintf(name, sizeof(name), "net/netfilter/%s", key);
	for (int i = 0; i < 4 && !ret->path; i++) {
		struct sysctl_writers CLEANUP(sysctl_writers_done) found = {0};
		int error;

		knob.row = i < 2 ? row : NULL;
		error = sysctl_writers_find(request->sysctl_files, request->sysctl_count,
					    i % 2 == 0 ? SYSCTL_SYSTEMD : SYSCTL_PROCPS, &knob,
					    &found);
		if (error < 0)
			return error;
		for (size_t k = 0; k < found.count; k++)
			if (found.items[k].wins) {
				ret->path = found.items[k].path;
				ret->line = found.items[k].line;
				(void)snprintf(ret->text, sizeof(ret->text), "%s",
					       found.items[k].value);
			}
	}
	return 0;
}

static void take(const struct parameter *parameter, const char *path, unsigned int line,
		 struct source *ret)
{
	*ret = (struct source){.path = path, .line = line};
	(void)snprintf(ret->text, sizeof(ret->text), "%.*s", (int)parameter->value_length,
		       parameter->value ? parameter->value : "");
}

/* The last one counts; the kernel command line comes after all files. */
static int find_parameter(const struct adopt_request *request, const char *name, struct source *ret)
{
	const char *rest = request->command_line;
	char whole[64];
	struct parameter parameter;

	for (size_t i = 0; i < request->modprobe_count; i++) {
		const char *position = request->modprobe_files[i].text;
		unsigned int number = 1;
		struct modprobe_line line = {0};
		int found;

		while ((found = modprobe_line_next(&position, &number, &line)) > 0) {
			const char *options = line.rest;

			while (strcmp(line.command, "options") == 0 &&
			       parameter_next(&options, &parameter))
				if (parameter_is(&parameter, name))
					take(&parameter, request->modprobe_files[i].path,
					     line.number, ret);
			modprobe_line_done(&line);
		}
		if (found < 0)
			return found;
	}
	(void)snprintf(whole, sizeof(whole), "nf_conntrack.%s", name);
	while (parameter_next(&rest, &parameter))
		if (parameter_is(&parameter, whole))
			take(&parameter, "/proc/cmdline", 0, ret);
	return 0;
}

/* A setting's line, by every way in which it can be set. */
static int find_source(const struct adopt_request *request, const struct schema_row *row,
		       struct source *ret)
{
	/* Those that modprobe can set; the buckets are the hashsize. */
	static const struct {
		const char *name, *parameter, *key;
	} rows[] = {
		{"hashsize", "hashsize", "nf_conntrack_buckets"},
		{"expect_hashsize", "expect_hashsize", NULL},
		{"acct", "acct", NULL},
		{"timestamp", "tstamp", NULL},
	};
	int error = row->key ? find_sysctl(request, row, row->key, ret) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows) && error == 0 && !ret->path; i++) {
		if (strcmp(row->name, rows[i].name) != 0)
			continue;
		/* A write to the buckets comes after the load. */
		if (rows[i].key)
			error = find_sysctl(request, row, rows[i].key, ret);
		if (error == 0 && !ret->path)
			error = find_parameter(request, rows[i].parameter, ret);
	}
	return error;
}

/* As the readers and the kernel take it: up to the first blank, 010 and 0x10. */
static int parse(const struct schema_row *row, const char *text, uint64_t *ret)
{
	char *end = NULL;
	unsigned long long number;

	if (row->type == TYPE_BOOL && strchr("yYnN", text[0]) && text[0]) {
		*ret = strchr("yY", text[0]) != NULL;
		return 0;
	}
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno || end == text || text[0] == '-' || (*end && !strchr(" \t", *end)))
		return -EINVAL;
	if (number < row->min || number > row->max)
		return -ERANGE;
	*ret = number;
	return 0;
}

/* Adds "name = number" with a comment behind it, and no other line whatever the comment is. */
static void add_line(struct buffer *b, const struct schema_row *row, uint64_t number,
		     const char *comment)
{
	char line[96];

	if (row->type == TYPE_BOOL)
		(void)snprintf(line, sizeof(line), "%s = %s", row->name, number ? "yes" : "no");
	else
		(void)snprintf(line, sizeof(line), "%s = %" PRIu64, row->name, number);
	/* Names of files are foreign: as they are, they could begin a line. */
	buffer_printf(b, "%-32s ; ", line);
	buffer_add_shown(b, comment, strlen(comment));
	buffer_add(b, "\n");
}

/* A hashsize alone makes the kernel set max to 8 times the buckets that it rounds to. */
static int add_max(const struct adopt_request *request, struct buffer *b)
{
	struct source source = {0};
	uint64_t hashsize;
	int error = find_source(request, &schema[SETTING_HASHSIZE], &source);

	if (error < 0)
		return error;
	if (!source.path || parse(&schema[SETTING_HASHSIZE], source.text, &hashsize) < 0)
		return 0;
	add_line(b, &schema[SETTING_MAX], 8 * sizes_round_buckets(hashsize, PAGE_SIZE_USUAL),
		 "no file sets it: 8 times the buckets, as the kernel does");
	return 1;
}

/* 1: the setting stands in the text now. */
static int add_setting(const struct adopt_request *request, size_t id, struct buffer *b,
		       struct problems *problems)
{
	const struct schema_row *row = &schema[id];
	struct source source = {0};
	char comment[256];
	uint64_t number;
	int error = find_source(request, row, &source);

	if (error < 0)
		return error;
	if (!source.path)
		return id == SETTING_MAX ? add_max(request, b) : 0;
	error = parse(row, source.text, &number);
	if (error < 0) {
		problems_add(problems, SEVERITY_WARNING, source.path, source.line,
			     "left out: \"%s\" is %s %s.%s", source.text,
			     error == -ERANGE ? "out of the bounds of" : "no value of",
			     row->section, row->name);
		return 0;
	}
	if (source.line)
		(void)snprintf(comment, sizeof(comment), "%.200s:%u", source.path, source.line);
	else
		(void)snprintf(comment, sizeof(comment), "%.200s", source.path);
	add_line(b, row, number, comment);
	return 1;
}

int adopt_render(const struct adopt_request *request, struct buffer *b, struct problems *problems)
{
	int count = 0;

	for (size_t k = 0; schema_section(k); k++) {
		struct buffer CLEANUP(buffer_clear) section = {0};

		for (size_t i = 0; i < schema_count; i++) {
			int added = 0;

			if (strcmp(schema[i].section, schema_section(k)) == 0)
				added = add_setting(request, i, &section, problems);
			if (added < 0)
				return added;
			count += added;
		}
		if (section.error < 0)
			return -ENOMEM;
		if (section.data)
			buffer_printf(b, "[%s]\n%s", schema_section(k), section.data);
	}
	return b->error < 0 ? -ENOMEM : count;
}
