/* Adds what tuned sets: sysctl keys, hashsize, options of the module and of the boot loader. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/sources/tuned-profile.h"
#include "model/sources/writers-tuned.h"

/* A section, and where the values go that it sets. */
struct tuned_section {
	const struct values *values;
	const struct tuned_settings *settings;
	struct writers *writers;
	struct writer_line line; /* of the setting at hand */
	bool expands;		 /* whether ">5" and "<5" compare with the live value */
};

/*
 * Adds the line of a value. `>5` raises the live value to 5 and `<5` lowers it, so that the value
 * that is configured stays if it is there already.
 */
static void set_value(const struct tuned_section *section, const struct value *value,
		      const char *text)
{
	struct writer_line line = section->line;
	bool raises = section->expands && *text == '>', lowers = section->expands && *text == '<';

	line.computed = strchr(text, '$') != NULL;
	if ((raises || lowers) && text[1] && !line.computed) {
		uint64_t number = strtoull(++text, NULL, 0);

		line.loses = line.loses ||
			     (raises ? number <= value->wanted : number >= value->wanted);
		text += strspn(text, " \t");
	}
	line.text = text;
	writers_set(section->writers, value, &line);
}

static void set_sysctl(const struct tuned_section *section, const char *key, const char *text)
{
	const struct value *value =
		*key == '/' ? NULL : writers_find_value(section->values, key, strlen(key));
	struct tuned_section own = *section;
	size_t length = strlen(text);
	char plain[SYSCTL_VALUE_MAX + 1];

	if (!value)
		return;
	own.line.loses |= section->settings->again &&
			  section->settings->again[value - section->values->items];
	if (length >= 2 && *text == '"' && text[length - 1] == '"' && length < sizeof(plain)) {
		(void)snprintf(plain, sizeof(plain), "%.*s", (int)length - 2, text + 1);
		text = plain;
	}
	own.expands = true;
	set_value(&own, value, text);
}

static void set_parameter(const struct tuned_section *section, const char *name, size_t length,
			  const char *text)
{
	char path[128];
	const struct value *value;

	if (length > 64)
		return;
	(void)snprintf(path, sizeof(path), PATH_PARAMETERS "/%.*s", (int)length, name);
	value = writers_find_value(section->values, path, strlen(path));
	if (value)
		set_value(section, value, text);
}

static void set_net(const struct tuned_section *section, const char *key, const char *text)
{
	static const char name[] = "hashsize";
	struct tuned_section own = *section;

	own.expands = true;
	if (strcmp(key, "nf_conntrack_hashsize") == 0)
		set_parameter(&own, name, strlen(name), text);
}

static void set_sysfs(const struct tuned_section *section, const char *key, const char *text)
{
	static const char folder[] = PATH_PARAMETERS "/";

	/* expect_hashsize can be set only while the module loads. */
	if (text_starts_with(key, folder) && !strstr(key, "expect_hashsize"))
		set_parameter(section, key + strlen(folder), strlen(key) - strlen(folder), text);
}

/* Adds each "PREFIXname=value" of a line of words. */
static void set_words(const struct tuned_section *section, const char *prefix, const char *text)
{
	struct tuned_section own = *section;

	for (struct text_word word = text_next_word(&text); word.length > 0;
	     word = text_next_word(&text)) {
		const char *sign = memchr(word.text, '=', word.length);
		char value[SYSCTL_VALUE_MAX + 1];
		size_t size = strlen(prefix), name = sign ? (size_t)(sign - word.text) : 0;

		if (name <= size || memcmp(word.text, prefix, size) != 0)
			continue;
		(void)snprintf(value, sizeof(value), "%.*s", (int)(word.length - name - 1),
			       sign + 1);
		/* The rule sets the others right after the load. */
		own.line.loses = !text_starts_with(word.text + size, "expect_hashsize=");
		set_parameter(&own, word.text + size, name - size, value);
	}
}

static void set_modules(const struct tuned_section *section, const char *key, const char *text)
{
	if (strcmp(key, "nf_conntrack") != 0)
		return;
	if (text_starts_with(text, "+r"))
		text += 2 + strspn(text + 2, " \t,");
	set_words(section, "", text);
}

static void set_boot(const struct tuned_section *section, const char *key, const char *text)
{
	text += strspn(text, "\"+ \t");
	if (text_starts_with(key, "cmdline") && *text != '-')
		set_words(section, "nf_conntrack.", text);
}

static void read_section(const struct tuned_settings *settings, const char *type,
			 struct tuned_section *section, json_t *options)
{
	static const struct {
		const char *type;
		void (*set)(const struct tuned_section *section, const char *key, const char *text);
	} types[] = {{"sysctl", set_sysctl},
		     {"net", set_net},
		     {"sysfs", set_sysfs},
		     {"modules", set_modules},
		     {"bootloader", set_boot}};
	const char *key;
	json_t *lines, *line;
	size_t at;

	json_object_foreach(options, key, lines)
	{
		json_array_foreach(lines, at, line)
		{
			section->line = (struct writer_line){
				.path = json_string_value(json_object_get(line, "path")),
				.number = (unsigned int)json_integer_value(
					json_object_get(line, "line")),
				.source = SOURCE_TUNED,
				.inactive = settings->inactive,
				.possible = json_is_true(json_object_get(line, "possible")),
			};
			for (size_t i = 0; i < ARRAY_SIZE(types); i++)
				if (strcmp(type, types[i].type) == 0)
					types[i].set(
						section, key,
						json_string_value(json_object_get(line, "value")));
		}
	}
}

void writers_of_tuned(const struct values *values, const struct tuned_profile *profile,
		      const struct tuned_settings *settings, struct writers *writers)
{
	struct tuned_section section = {.values = values, .settings = settings, .writers = writers};
	const char *name;
	json_t *item;

	json_object_foreach(profile->sections, name, item)
	{
		const char *type = json_string_value(json_object_get(item, "type"));

		if (!json_is_true(json_object_get(item, "off")))
			read_section(settings, type ? type : name, &section,
				     json_object_get(item, "settings"));
	}
}

/* Returns the value that a line of sysctl.d sets for tuned, to which a dash is part of the key. */
static const struct value *find_line(const struct values *values, const struct writers *writers,
				     struct text_line *line)
{
	char text[SYSCTL_VALUE_MAX + 1];
	const struct value *value;
	struct text_word key, rest;

	text_trim_line(line, " \t\r");
	if (line->length == 0 || strchr("#;", *line->text) || !text_split(line, "=", &key, &rest) ||
	    key.length == 0 || *key.text == '/')
		return NULL;
	value = writers_find_value(values, key.text, key.length);
	(void)snprintf(text, sizeof(text), "%.*s", (int)rest.length, rest.text);
	return value && sysctl_is_taken(
				&(struct sysctl_knob){.row = value->row, .facts = writers->facts},
				text)
		       ? value
		       : NULL;
}

/* Returns whether tuned reads the file again behind its own values. */
static bool is_read_again(const char *path)
{
	return text_starts_with(path, "/run/sysctl.d/") ||
	       text_starts_with(path, "/etc/sysctl.d/") || strcmp(path, "/etc/sysctl.conf") == 0;
}

void tuned_find_again(const struct values *values, const struct writers *writers,
		      const struct text_file *files, size_t count, bool *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_read_again(files[i].path))
			continue;
		for (struct text_line line = {.next = files[i].text}; text_next_line(&line);) {
			const struct value *value = find_line(values, writers, &line);

			if (value)
				ret[value - values->items] = true;
		}
	}
}

void tuned_add_advice(const struct writer *writer, struct buffer *b)
{
	const struct value *value = writer->value;
	bool has_no_key = value->kind == VALUE_EXPECT_HASHSIZE || value->kind == VALUE_INHERITED;

	if (has_no_key)
		buffer_add(b, "remove that line");
	else if (value->kind == VALUE_HASHSIZE)
		buffer_printf(b, "put \"nf_conntrack_hashsize=%" PRIu64 "\" below \"[net]\" in",
			      value->wanted);
	else
		buffer_printf(b, "put \"%s=%" PRIu64 "\" below \"[sysctl]\" in", value->key,
			      value->wanted);
	if (!has_no_key)
		buffer_add(b, " a profile of your own that includes the active one "
			      "(docs/troubleshooting.md)");
	/* The value of one of two profiles is no cure. */
	if (!writer->possible)
		buffer_add(b, ", or put its value into the configuration");
}
