/* Finds the lines of sysctl.d, and of other files with such lines, that set the plan's values. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "model/config/module-options.h"
#include "model/plan/artifact.h"
#include "model/sources/writers.h"

#define PROC_SYS      "/proc/sys/"
#define SHORTEST_NAME "net/nf_conntrack_max"

/*
 * Sets the names of a value's key with slashes, as sysctl uses them, and returns how many. Both
 * hashsize and nf_conntrack_buckets set the buckets.
 */
static size_t names_of(const struct value *value, const char *names[2])
{
	static const char max[] = PATH_PROC "/nf_conntrack_max", buckets[] = PATH_BUCKETS;

	switch (value->kind) {
	case VALUE_SYSCTL:
		names[0] = value->path + strlen(PROC_SYS);
		names[1] = SHORTEST_NAME;
		return strcmp(value->path, max) == 0 ? 2 : 1;
	case VALUE_HASHSIZE:
		names[0] = buckets + strlen(PROC_SYS);
		return 1;
	case VALUE_EXPECT_HASHSIZE:
	case VALUE_INHERITED:
		break;
	}
	return 0;
}

static const struct {
	enum sysctl_reader reader;
	enum source source;
} readers[] = {{SYSCTL_SYSTEMD, SOURCE_SYSTEMD}, {SYSCTL_PROCPS, SOURCE_PROCPS}};

/* The knobs for both readers of sysctl.d, and the writers that were found. */
struct knobs {
	const char *(*names)[2];
	struct sysctl_knob *knobs;
	struct sysctl_writers *found[ARRAY_SIZE(readers)];
	size_t count;
};

static void knobs_done(struct knobs *knobs)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		for (size_t k = 0; knobs->found[i] && k < knobs->count; k++)
			sysctl_writers_done(&knobs->found[i][k]);
		free(knobs->found[i]);
	}
	free(knobs->names);
	free(knobs->knobs);
}

/* Makes a knob for each value, without names if sysctl cannot set the value. Returns -ENOMEM. */
static int knobs_new(const struct values *values, const struct facts *facts, struct knobs *ret)
{
	size_t count = values->count;

	ret->count = count;
	ret->names = calloc(count + 1, sizeof(*ret->names));
	ret->knobs = calloc(count + 1, sizeof(*ret->knobs));
	if (!ret->names || !ret->knobs)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct value *value = &values->items[i];

		ret->knobs[i] = (struct sysctl_knob){ret->names[i], names_of(value, ret->names[i]),
						     value->row, facts};
	}
	return 0;
}

static void add_found(const struct value *value, const struct sysctl_knob *knob,
		      const struct sysctl_writers *found, enum source source,
		      struct writers *writers)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct sysctl_writer *item = &found->items[i];
		struct writer *writer;

		if (artifact_is_read_at(item->path))
			continue;
		writer = writers_add(writers, value, item->path, item->line, item->value, source,
				     item->wins);
		if (!writer)
			return;
		writer->wins |= item->wins ? SOURCE_BIT(source) : 0;
		writer->refused = !sysctl_is_taken(knob, item->value);
	}
	writers->left_out += found->left_out;
}

void writers_of_sysctl(const struct values *values, const struct text_file *files, size_t count,
		       struct writers *writers)
{
	struct knobs CLEANUP(knobs_done) knobs = {0};
	int error = knobs_new(values, writers->facts, &knobs);

	for (size_t i = 0; i < ARRAY_SIZE(readers) && error == 0; i++) {
		knobs.found[i] = calloc(values->count + 1, sizeof(*knobs.found[i]));
		error = knobs.found[i] ? sysctl_writers_find(files, count, readers[i].reader,
							     knobs.knobs, knobs.count,
							     knobs.found[i], &writers->sysctl_cut)
				       : -ENOMEM;
	}
	writers->out_of_memory |= error < 0;
	for (size_t i = 0; i < values->count && error == 0; i++)
		for (size_t k = 0; k < ARRAY_SIZE(readers); k++)
			add_found(&values->items[i], &knobs.knobs[i], &knobs.found[k][i],
				  readers[k].source, writers);
}

/* Returns whether a key, written with dots or slashes, is a name of the value. */
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

/*
 * Returns the value that the parameter file at this path below /sys sets, or NULL: it is the file
 * of the value, or a parameter that sets a key too ("acct").
 */
static const struct value *find_by_parameter(const struct values *values, const char *path,
					     size_t length)
{
	size_t prefix = strlen(PATH_PARAMETERS "/");
	const struct module_option *option = module_option_find(path + prefix, length - prefix);

	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->items[i];

		if ((strlen(value->path) == length && memcmp(path, value->path, length) == 0) ||
		    (option && option->value && strcmp(value->key, option->value) == 0))
			return value;
	}
	return NULL;
}

/* Returns the directory of sysctl that a path of /proc/sys lies in, or NULL. */
static const char *skip_proc_sys(const char *name, size_t length)
{
	size_t prefix = strlen(PROC_SYS);

	return length > prefix && memcmp(name, PROC_SYS, prefix) == 0 ? name + prefix : NULL;
}

const struct value *writers_find_value(const struct values *values, const char *name, size_t length)
{
	static const char parameters[] = PATH_PARAMETERS "/";
	const char *key = skip_proc_sys(name, length);

	if (length > strlen(parameters) && memcmp(name, parameters, strlen(parameters)) == 0)
		return find_by_parameter(values, name, length);
	if (key)
		length -= (size_t)(key - name);
	for (size_t i = 0; i < values->count; i++)
		if (is_key(&values->items[i], key ? key : name, length))
			return &values->items[i];
	return NULL;
}

/* A text of lines, and the program that reads it. */
struct text_source {
	const struct values *values;
	const char *path;
	enum source source;
	bool wins;
};

static void add_line(const struct text_source *source, const struct text_line *line,
		     struct writers *writers)
{
	/* For sysctl "-key" is a key that may be missing; tuned takes the dash for a part of it. */
	size_t dash = source->source != SOURCE_TUNED && *line->text == '-';
	const struct value *value;
	struct text_word key, rest;
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (!text_split(line, "=", &key, &rest) || key.length < dash + strlen(SHORTEST_NAME))
		return;
	value = writers_find_value(source->values, key.text + dash, key.length - dash);
	if (!value)
		return;
	buffer_add_bytes(&text, rest.text, rest.length);
	writers->out_of_memory |= text.error < 0;
	if (text.data)
		writers_set(writers, value,
			    &(struct writer_line){
				    .path = source->path,
				    .number = line->number,
				    .text = text.data,
				    .source = source->source,
				    /* For tuned these are variables and comparisons. */
				    .computed = source->source == SOURCE_TUNED &&
						strpbrk(text.data, "$\"'<>"),
				    .loses = !source->wins,
			    });
}

void writers_of_text(const struct values *values, const char *path, const char *text,
		     const char *section, enum source source, bool wins, struct writers *writers)
{
	const struct text_source origin = {values, path, source, wins};
	bool inside = !section;

	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		text_trim_line(&line, " \t\r");
		if (section && line.length > 1 && *line.text == '[')
			inside = line.length == strlen(section) + 2 &&
				 memcmp(line.text + 1, section, strlen(section)) == 0;
		else if (inside && line.length > 0 && !strchr("#;", *line.text))
			add_line(&origin, &line, writers);
	}
}
