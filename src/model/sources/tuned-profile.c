/* Profiles of tuned: one file as tuned reads it, and several merged into one as tuned does it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/tuned-profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void tuned_profile_done(struct tuned_profile *profile)
{
	json_decref(profile->sections);
	free(profile->include);
	*profile = (struct tuned_profile){0};
}

static int set_new(json_t *object, const char *key, json_t *value)
{
	return value && json_object_set_new_nocheck(object, key, value) == 0 ? 0 : -ENOMEM;
}

/* Where the reading of a profile is. */
struct tuned_reading {
	struct tuned_profile *profile;
	const char *path;
	char *name;	 /* owned; of the section, or NULL before the first one */
	json_t *section; /* NULL if it is not kept */
	size_t indent;	 /* of the last line that began a setting */
	bool in_setting;
	const char *property; /* of the section, if that line set one of those that are a word */
	bool possible;
};

static void tuned_reading_done(struct tuned_reading *reading)
{
	free(reading->name);
}

/* Returns whether one more may be kept. */
static bool count_one(struct tuned_profile *profile)
{
	if (profile->count < TUNED_SETTINGS_MAX)
		profile->count++;
	else
		profile->cut = true;
	return !profile->cut;
}

/* Returns whether the text is what tuned takes for true in these settings, and nothing else. */
static bool is_true(const char *text)
{
	return strcmp(text, "1") == 0 || strcmp(text, "true") == 0 || strcmp(text, "True") == 0;
}

/* Returns 1 if the key tells something about the section itself. */
static int set_property(struct tuned_reading *reading, const char *key, const char *value)
{
	static const struct {
		const char *key, *name;
		enum { PROPERTY_TEXT, PROPERTY_TRUE, PROPERTY_FALSE } form;
	} properties[] = {
		{"type", "type", PROPERTY_TEXT},
		{"drop", "drop", PROPERTY_TEXT},
		{"replace", "replace", PROPERTY_TRUE},
		{"enabled", "off", PROPERTY_FALSE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		bool on = is_true(value);

		if (strcmp(key, properties[i].key) != 0)
			continue;
		if (strcmp(key, "drop") != 0)
			reading->property = properties[i].name;
		return set_new(reading->section, properties[i].name,
			       properties[i].form == PROPERTY_TEXT
				       ? json_stringn_nocheck(value, strlen(value))
				       : json_boolean(on ==
						      (properties[i].form == PROPERTY_TRUE))) < 0
			       ? -ENOMEM
			       : 1;
	}
	return 0;
}

static bool is_about_conntrack(const char *key)
{
	return strstr(key, "nf_conntrack") || text_starts_with(key, "cmdline");
}

static int keep_setting(struct tuned_reading *reading, unsigned int number, const char *key,
			const char *value)
{
	json_t *settings = json_object_get(reading->section, "settings");

	if (!json_object_get(settings, key) && !count_one(reading->profile))
		return 0;
	return set_new(settings, key,
		       json_pack("[{s:o, s:o, s:I, s:b}]", "value", json_string_nocheck(value),
				 "path", json_string_nocheck(reading->path), "line",
				 (json_int_t)number, "possible", reading->possible));
}

static int set_setting(struct tuned_reading *reading, unsigned int number, const char *key,
		       const char *value)
{
	int found;

	if (!reading->section)
		return 0;
	if (strcmp(reading->name, "main") == 0) {
		if (strcmp(key, "include") != 0)
			return 0;
		free(reading->profile->include);
		reading->profile->include = strdup(value);
		return reading->profile->include ? 0 : -ENOMEM;
	}
	found = set_property(reading, key, value);
	if (found != 0)
		return found < 0 ? found : 0;
	return is_about_conntrack(key) ? keep_setting(reading, number, key, value) : 0;
}

/* Cuts the comment off: it begins with a "#" at the start of the line or behind a blank. */
static void cut_comment(struct text_line *line)
{
	for (size_t i = 0; i < line->length; i++)
		if (line->text[i] == '#' && (i == 0 || strchr(" \t\v\f", line->text[i - 1])))
			line->length = i;
	text_trim_line(line, " \t\r\v\f");
	if (line->length > 0 && *line->text == ';')
		line->length = 0;
}

/* An empty section counts, too: it sets the type and "enabled" of those before it back. */
static int begin_section(struct tuned_reading *reading, const struct text_line *line)
{
	json_t *sections = reading->profile->sections;

	free(reading->name);
	reading->in_setting = false;
	reading->section = NULL;
	reading->name = strndup(line->text + 1, line->length - 2);
	if (!reading->name)
		return -ENOMEM;
	reading->section = json_object_get(sections, reading->name);
	if (reading->section || !count_one(reading->profile))
		return 0;
	reading->section = json_pack("{s:{}}", "settings");
	return set_new(sections, reading->name, reading->section);
}

static int read_setting(struct tuned_reading *reading, const struct text_line *line)
{
	char *CLEANUP(free_pointer) key = NULL;
	char *CLEANUP(free_pointer) value = NULL;
	struct text_word before, behind;

	reading->in_setting = true;
	reading->property = NULL;
	if (!text_split(line, "=", &before, &behind) || before.length == 0)
		return 0;
	key = strndup(before.text, before.length);
	value = strndup(behind.text, behind.length);
	return key && value ? set_setting(reading, line->number, key, value) : -ENOMEM;
}

/* With a line that continues it, a word is neither true nor the name of a type. */
static int spoil_property(const struct tuned_reading *reading)
{
	const char *name = reading->property;

	if (!name)
		return 0;
	return set_new(reading->section, name,
		       strcmp(name, "type") == 0 ? json_string("")
						 : json_boolean(strcmp(name, "off") == 0));
}

static int read_line(struct tuned_reading *reading, struct text_line *line)
{
	const char *start = line->text;
	size_t indent;

	cut_comment(line);
	if (line->length == 0)
		return 0;
	indent = (size_t)(line->text - start);
	if (reading->in_setting && indent > reading->indent)
		return spoil_property(reading);
	reading->indent = indent;
	if (*line->text == '[' && line->length > 2 && line->text[line->length - 1] == ']')
		return begin_section(reading, line);
	return read_setting(reading, line);
}

int tuned_profile_read(const char *path, const char *text, bool possible, struct tuned_profile *ret)
{
	struct tuned_profile CLEANUP(tuned_profile_done) profile = {.sections = json_object()};
	struct tuned_reading CLEANUP(tuned_reading_done)
		reading = {.profile = &profile, .path = path, .possible = possible};
	int error = profile.sections ? 0 : -ENOMEM;

	for (struct text_line line = {.next = text}; error == 0 && text_next_line(&line);)
		error = read_line(&reading, &line);
	if (error < 0)
		return error;
	*ret = profile;
	profile = (struct tuned_profile){0};
	return 0;
}

static void drop_settings(json_t *settings, const char *list)
{
	while (*list) {
		size_t length = strcspn(list, ",;"), blanks = strspn(list, " \t");
		char name[256];
		int size = (int)(length > blanks ? length - blanks : 0);

		while (size > 0 && strchr(" \t", list[blanks + (size_t)size - 1]))
			size--;
		if (snprintf(name, sizeof(name), "%.*s", size, list + blanks) < (int)sizeof(name))
			(void)json_object_del(settings, name);
		list += length + (list[length] != '\0');
	}
}

/* Adds the values of a setting that are only possible to those known before. */
static int merge_possible(json_t *settings, json_t *later)
{
	const char *key;
	json_t *values;

	json_object_foreach(later, key, values)
	{
		json_t *known = json_object_get(settings, key);
		int error = known ? json_array_extend(known, values)
				  : json_object_set_nocheck(settings, key, values);

		if (error < 0)
			return -ENOMEM;
	}
	return 0;
}

static int merge_section(json_t *section, json_t *later, bool possible)
{
	static const char *const properties[] = {"type", "off"};
	json_t *settings = json_object_get(section, "settings");

	if (possible)
		return merge_possible(settings, json_object_get(later, "settings"));
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		json_t *property = json_object_get(later, properties[i]);

		/* A later section without the word has tuned's default. */
		if (!property)
			(void)json_object_del(section, properties[i]);
		else if (json_object_set_nocheck(section, properties[i], property) < 0)
			return -ENOMEM;
	}
	if (json_object_get(later, "drop"))
		drop_settings(settings, json_string_value(json_object_get(later, "drop")));
	return json_object_update(settings, json_object_get(later, "settings")) < 0 ? -ENOMEM : 0;
}

int tuned_profile_merge(struct tuned_profile *profile, const struct tuned_profile *later,
			bool possible)
{
	const char *name;
	json_t *section;

	if (!profile->sections)
		profile->sections = json_object();
	profile->cut |= later->cut || profile->count + later->count > TUNED_SETTINGS_MAX;
	if (!profile->sections)
		return -ENOMEM;
	if (profile->cut)
		return 0;
	profile->count += later->count;
	json_object_foreach(later->sections, name, section)
	{
		json_t *known = json_object_get(profile->sections, name);
		bool replaces = !possible && json_is_true(json_object_get(section, "replace"));
		int error = known && !replaces
				    ? merge_section(known, section, possible)
				    : json_object_set_nocheck(profile->sections, name, section);

		if (error < 0)
			return -ENOMEM;
	}
	return 0;
}

/* The function that visits names, for the parts of a list. */
struct name_visit {
	int (*visit)(void *data, const char *name, bool possible);
	void *data;
};

/* A folder in the name, or a dash before it, is not part of it. */
static int visit_name(const struct name_visit *to, char *name, bool possible)
{
	const char *slash;

	name += *name == '-';
	slash = strrchr(name, '/');
	if (slash)
		name = name + (slash - name) + 1;
	return *name && strlen(name) <= TUNED_NAME_MAX && !strchr(name, '$')
		       ? to->visit(to->data, name, possible)
		       : 0;
}

/* Puts each argument of the function ${f:NAME:ARGUMENT:...} in its place. */
static int visit_arguments(const struct name_visit *to, const char *item, size_t length)
{
	const char *start = strstr(item, "${f:"), *end = start ? strchr(start, '}') : NULL;
	const char *argument = end ? memchr(start + 4, ':', (size_t)(end - start - 4)) : NULL;

	while (argument) {
		size_t size = strcspn(++argument, ":}");
		char name[3 * TUNED_NAME_MAX];
		int written = snprintf(name, sizeof(name), "%.*s%.*s%.*s", (int)(start - item),
				       item, (int)size, argument, (int)(item + length - end - 1),
				       end + 1);
		int error = written < (int)sizeof(name) ? visit_name(to, name, true) : 0;

		if (error < 0)
			return error;
		argument = argument[size] == ':' ? argument + size : NULL;
	}
	return 0;
}

static int visit_item(const struct name_visit *to, const char *text, size_t length)
{
	char item[4096];

	while (length > 0 && strchr(" \t\r\n", text[length - 1]))
		length--;
	if (length == 0 || length >= sizeof(item))
		return 0;
	memcpy(item, text, length);
	item[length] = '\0';
	return strstr(item, "${") ? visit_arguments(to, item, length) : visit_name(to, item, false);
}

int tuned_names_visit(const char *list, const char *separators,
		      int (*visit)(void *data, const char *name, bool possible), void *data)
{
	const struct name_visit to = {visit, data};
	int error = 0;

	while (*list && error == 0) {
		unsigned int depth = 0;
		size_t length = 0;

		list += strspn(list, " \t\r\n");
		for (; list[length] && (depth > 0 || !strchr(separators, list[length])); length++)
			if (list[length] == '{')
				depth++;
			else if (list[length] == '}' && depth > 0)
				depth--;
		error = visit_item(&to, list, length);
		list += length + (list[length] != '\0');
	}
	return error;
}
