/* Who else writes the plan's values, in which file and line, and whose value is in force in the end. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/writers.h"

#include <stdio.h>
#include <string.h>

#include "model/artifact.h"
#include "model/modprobe-lines.h"
#include "model/parameters.h"

#define PROC_SYS "/proc/sys/"

void writers_done(struct writers *writers)
{
	for (size_t i = 0; i < writers->count; i++) {
		free(writers->items[i].path);
		free(writers->items[i].text);
	}
	free(writers->items);
	*writers = (struct writers){0};
}

/* The number that the readers and the kernel take: up to the first blank, 010 and 0x10 as the kernel reads them. */
static bool is_same(const struct value *value, const char *text)
{
	char *end = NULL;
	unsigned long long number = strtoull(text, &end, 0);

	if (end == text || (*end && !strchr(" \t", *end)))
		return false;
	return number == value->wanted || number == value->rounded ||
	       (value->at_least && number > value->wanted);
}

struct writer *writers_add(struct writers *writers, const struct value *value, const char *path,
			   unsigned int line, const char *text)
{
	struct writer *items;

	for (size_t i = 0; i < writers->count; i++)
		if (writers->items[i].value == value && writers->items[i].line == line &&
		    strcmp(writers->items[i].path, path) == 0)
			return &writers->items[i];
	items = realloc(writers->items, (writers->count + 1) * sizeof(*items));
	if (!items) {
		writers->out_of_memory = true;
		return NULL;
	}
	writers->items = items;
	items += writers->count;
	*items = (struct writer){.value = value,
				 .path = strdup(path),
				 .line = line,
				 .text = strdup(text),
				 .same = is_same(value, text)};
	if (!items->path || !items->text) {
		free(items->path);
		free(items->text);
		writers->out_of_memory = true;
		return NULL;
	}
	writers->count++;
	return items;
}

/* The names of a value's key with slashes, as sysctl knows it; how many. The buckets are the hashsize. */
static size_t names_of(const struct value *value, const char *names[2])
{
	static const char max[] = PATH_PROC "/nf_conntrack_max", buckets[] = PATH_BUCKETS;

	switch (value->kind) {
	case VALUE_SYSCTL:
		names[0] = value->path + strlen(PROC_SYS);
		names[1] = "net/nf_conntrack_max";
		return strcmp(value->path, max) == 0 ? 2 : 1;
	case VALUE_HASHSIZE:
		names[0] = buckets + strlen(PROC_SYS);
		return 1;
	case VALUE_EXPECT_HASHSIZE:
		break;
	}
	return 0;
}

static void add_of_reader(const struct value *value, const struct sysctl_file *files, size_t count,
			  enum sysctl_reader reader, struct writers *writers)
{
	const char *names[2];
	const struct sysctl_knob knob = {names, names_of(value, names), value->row, writers->facts};
	struct sysctl_writers CLEANUP(sysctl_writers_done) found = {0};
	unsigned int time = reader == SYSCTL_SYSTEMD ? WRITES_BY_SYSTEMD : WRITES_BY_PROCPS;

	if (knob.name_count == 0)
		return;
	if (sysctl_writers_find(files, count, reader, &knob, &found) < 0) {
		writers->out_of_memory = true;
		return;
	}
	for (size_t i = 0; i < found.count; i++) {
		struct writer *writer;

		if (artifact_is_read_at(found.items[i].path))
			continue;
		writer = writers_add(writers, value, found.items[i].path, found.items[i].line,
				     found.items[i].value);
		if (!writer)
			return;
		writer->times |= time;
		writer->wins |= found.items[i].wins ? time : 0;
		writer->refused = !sysctl_is_taken(&knob, found.items[i].value);
	}
}

void writers_of_sysctl(const struct values *values, const struct sysctl_file *files, size_t count,
		       struct writers *writers)
{
	for (size_t i = 0; i < values->count; i++) {
		add_of_reader(&values->items[i], files, count, SYSCTL_SYSTEMD, writers);
		add_of_reader(&values->items[i], files, count, SYSCTL_PROCPS, writers);
	}
}

/* The value that a parameter of the module sets, or NULL. */
static const struct value *find_parameter(const struct values *values,
					  const struct parameter *parameter)
{
	static const struct {
		const char *name, *key;
	} rows[] = {
		{"hashsize", "nf_conntrack.hashsize"},
		{"expect_hashsize", "nf_conntrack.expect_hashsize"},
		{"acct", "net.netfilter.nf_conntrack_acct"},
		{"tstamp", "net.netfilter.nf_conntrack_timestamp"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t k = 0; k < values->count && parameter_is(parameter, rows[i].name); k++)
			if (strcmp(values->items[k].key, rows[i].key) == 0)
				return &values->items[k];
	return NULL;
}

/* A later one of the same parameter takes the win away from those before. */
static void take_win(struct writers *writers, const struct value *value)
{
	for (size_t i = 0; i < writers->count; i++)
		if (writers->items[i].value == value)
			writers->items[i].wins &= ~(unsigned int)WRITES_AT_LOAD;
}

static void add_parameter(const struct values *values, const struct parameter *parameter,
			  const char *path, unsigned int line, struct writers *writers)
{
	const struct value *value = find_parameter(values, parameter);
	struct buffer CLEANUP(buffer_clear) text = {0};
	struct writer *writer;

	if (!value)
		return;
	take_win(writers, value);
	if (artifact_is_read_at(path))
		return;
	buffer_add_bytes(&text, parameter->value ? parameter->value : "", parameter->value_length);
	writer = text.data ? writers_add(writers, value, path, line, text.data) : NULL;
	if (!writer) {
		writers->out_of_memory |= text.error < 0;
		return;
	}
	writer->times |= WRITES_AT_LOAD;
	writer->refused |= !parameter_is_accepted(parameter);
	if (writer->refused)
		writer->wins &= ~(unsigned int)WRITES_AT_LOAD;
	else
		writer->wins |= WRITES_AT_LOAD;
}

static void add_options(const struct values *values, const struct modprobe_file *file,
			struct writers *writers)
{
	const char *position = file->text;
	unsigned int number = 1;
	struct modprobe_line line = {0};
	int found;

	while ((found = modprobe_line_next(&position, &number, &line)) > 0) {
		const char *rest = line.rest;
		struct parameter parameter;

		while (strcmp(line.command, "options") == 0 && parameter_next(&rest, &parameter))
			add_parameter(values, &parameter, file->path, line.number, writers);
		modprobe_line_done(&line);
	}
	writers->out_of_memory |= found < 0;
}

void writers_of_modprobe(const struct values *values, const struct modprobe_file *files,
			 size_t count, const char *command_line, struct writers *writers)
{
	static const char module[] = "nf_conntrack.";
	struct parameter parameter;

	for (size_t i = 0; i < count; i++)
		add_options(values, &files[i], writers);
	while (parameter_next(&command_line, &parameter)) {
		if (parameter.name_length < strlen(module) ||
		    memcmp(parameter.name, module, strlen(module)) != 0)
			continue;
		parameter.name += strlen(module);
		parameter.name_length -= strlen(module);
		add_parameter(values, &parameter, "/proc/cmdline", 0, writers);
	}
}

/* Whether a key, as written with dots or slashes, is one of a value's names. */
static bool is_key(const struct value *value, const char *key, size_t length)
{
	const char *names[2];
	size_t count = names_of(value, names);

	for (size_t i = 0; i < count; i++) {
		bool equal = strlen(names[i]) == length;

		for (size_t k = 0; k < length && equal; k++)
			equal = names[i][k] == (key[k] == '.' ? '/' : key[k]);
		if (equal)
			return true;
	}
	return false;
}

/* Whether the value is in force once it was written; what tuned makes of variables, quotes, ">" is not known. */
static bool is_taken(const struct writers *writers, const struct value *value, const char *text,
		     unsigned int time)
{
	const struct sysctl_knob knob = {.row = value->row, .facts = writers->facts};

	return (time == WRITES_BY_TUNED && strpbrk(text, "$\"'<>")) || sysctl_is_taken(&knob, text);
}

static void add_line(const struct values *values, const char *path, unsigned int number,
		     const char *line, size_t length, unsigned int time, bool wins,
		     struct writers *writers)
{
	const char *sign = memchr(line, '=', length);
	size_t key = sign ? (size_t)(sign - line) : 0;
	/* To sysctl, which ufw runs, "-key" is a key that may be missing. */
	size_t dash = time == WRITES_BY_UFW && *line == '-';
	struct buffer CLEANUP(buffer_clear) text = {0};

	while (key > 0 && strchr(" \t", line[key - 1]))
		key--;
	if (!sign || key <= dash)
		return;
	sign++;
	while (sign < line + length && strchr(" \t", *sign))
		sign++;
	buffer_add_bytes(&text, sign, (size_t)(line + length - sign));
	if (!text.data)
		return;
	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->items[i];
		struct writer *writer;
		bool taken;

		if (!is_key(value, line + dash, key - dash))
			continue;
		taken = is_taken(writers, value, text.data, time);
		for (size_t k = 0; k < writers->count && taken; k++)
			if (writers->items[k].value == value)
				writers->items[k].wins &= ~time;
		writer = writers_add(writers, value, path, number, text.data);
		if (!writer)
			return;
		writer->times |= time;
		writer->wins |= wins && taken ? time : 0;
		writer->refused = !taken;
	}
}

void writers_of_text(const struct values *values, const char *path, const char *text,
		     const char *section, enum writer_time time, bool wins, struct writers *writers)
{
	bool inside = !section;

	for (unsigned int number = 1; *text; number++) {
		size_t length = strcspn(text, "\n"), blank = strspn(text, " \t");
		const char *line = text + (blank < length ? blank : length);
		size_t size = length - (size_t)(line - text);

		while (size > 0 && strchr(" \t\r", line[size - 1]))
			size--;
		if (section && size > 1 && line[0] == '[')
			inside = size == strlen(section) + 2 &&
				 memcmp(line + 1, section, strlen(section)) == 0;
		else if (inside && size > 0 && !strchr("#;", line[0]))
			add_line(values, path, number, line, size, time, wins, writers);
		text += length + (text[length] == '\n');
	}
}

bool writer_takes_away(const struct writer *writer)
{
	unsigned int wins = writer->wins;

	if (writer->value->kind != VALUE_EXPECT_HASHSIZE)
		wins &= ~(unsigned int)WRITES_AT_LOAD;
	return wins && !writer->same;
}

const struct writer *writers_find_winner(const struct writers *writers, const struct value *value)
{
	for (size_t i = 0; i < writers->count; i++)
		if (writers->items[i].value == value && writer_takes_away(&writers->items[i]))
			return &writers->items[i];
	return NULL;
}

void writer_add_times(unsigned int times, struct buffer *b)
{
	static const char *const words[] = {
		"systemd-sysctl", "sysctl --system", "modprobe at each load", "ufw",
		"tuned",	  "kube-proxy"};
	bool first = true;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (times & (1U << i)) {
			buffer_printf(b, "%s%s", first ? "" : ", ", words[i]);
			first = false;
		}
}
