/* Finds udev rules that set values of the plan. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/text.h"
#include "model/plan/artifact.h"
#include "model/sources/writers.h"

/* A rule with its continued lines joined. */
struct udev_rule {
	struct buffer text;
	unsigned int line; /* of its first line; 0: no rule has begun */
};

static void udev_rule_done(struct udev_rule *rule)
{
	buffer_clear(&rule->text);
}

/* A file of rules that is read. */
struct udev_file {
	const struct values *values;
	const char *path;
	const struct shell_visitor *others;
	struct writers *writers;
	bool earlier; /* udev reads it before our file, so that our rule assigns behind it */
};

/* One KEY{ATTRIBUTE}="VALUE" of a rule. */
struct udev_pair {
	const char *key, *value;
	size_t key_length, value_length;
	bool assigns; /* with =, += or :=, and not with == or != */
};

/* Moves to the next pair; returns false at the end of the rule or where it is malformed. */
static bool next_pair(const char **position, struct udev_pair *ret)
{
	const char *key = *position + strspn(*position, " \t,");
	const char *sign = key + strcspn(key, "=!+-:\""), *quote = sign + strspn(sign, "=!+-:");
	/* A value may begin with a letter: e"..." has escapes. */
	const char *value = quote + strspn(quote, " \tei"), *end;

	if (*value != '"')
		return false;
	value++;
	for (end = value; *end && *end != '"'; end++)
		if (*end == '\\' && end[1] == '"')
			end++;
	if (*end != '"')
		return false;
	*ret = (struct udev_pair){
		.key = key,
		.key_length = (size_t)(sign - key),
		.value = value,
		.value_length = (size_t)(end - value),
		.assigns = *sign != '!' && !(sign[0] == '=' && sign[1] == '='),
	};
	while (ret->key_length > 0 && strchr(" \t", key[ret->key_length - 1]))
		ret->key_length--;
	*position = end + 1;
	return true;
}

/* Returns the text in the braces of "SYSCTL{...}", or NULL if the key is another one. */
static const char *inside_of(const struct udev_pair *pair, const char *name, size_t *ret_length)
{
	size_t length = strlen(name);

	if (pair->key_length < length + 2 || memcmp(pair->key, name, length) != 0 ||
	    pair->key[length] != '{' || pair->key[pair->key_length - 1] != '}')
		return NULL;
	*ret_length = pair->key_length - length - 2;
	return pair->key + length + 1;
}

static const struct value *find_target(const struct udev_file *file, const struct udev_pair *pair)
{
	static const char parameters[] = "parameters/";
	struct buffer CLEANUP(buffer_clear) path = {0};
	size_t length;
	const char *name = inside_of(pair, "SYSCTL", &length);

	if (name)
		return writers_find_value(file->values, name, length);
	name = inside_of(pair, "ATTR", &length);
	if (!name || length <= strlen(parameters) ||
	    memcmp(name, parameters, strlen(parameters)) != 0)
		return NULL;
	buffer_printf(&path, PATH_MODULE "/%.*s", (int)length, name);
	file->writers->out_of_memory |= path.error < 0;
	return path.data ? writers_find_value(file->values, path.data, path.length) : NULL;
}

/* Returns -ENOMEM, or the error of the visitor. */
static int read_pair(const struct udev_file *file, const struct udev_pair *pair, unsigned int line)
{
	const struct value *value;
	struct writer_line origin = {.path = file->path, .number = line, .source = SOURCE_UDEV};
	struct buffer CLEANUP(buffer_clear) text = {0};

	if (!pair->assigns)
		return 0;
	buffer_add(&text, "");
	buffer_add_bytes(&text, pair->value, pair->value_length);
	if (text.error < 0)
		return text.error;
	/* RUN and RUN{program}, but not RUN{builtin}. */
	if (pair->key_length >= 3 && memcmp(pair->key, "RUN", 3) == 0 &&
	    !memmem(pair->key, pair->key_length, "builtin", strlen("builtin")))
		return writers_of_shell(file->values, &origin, text.data, text.length,
					SHELL_ARGUMENTS, file->others, file->writers);
	value = find_target(file, pair);
	if (!value)
		return 0;
	origin.text = text.data;
	origin.loses = file->earlier;
	origin.computed = strpbrk(text.data, "$%") != NULL;
	writers_set(file->writers, value, &origin);
	return 0;
}

static int read_rule(const struct udev_file *file, struct udev_rule *rule)
{
	const char *position = rule->text.data;
	struct udev_pair pair;
	int error = 0;

	/* Most rules do not speak of us. */
	if (rule->line && position && strstr(position, "nf_conntrack"))
		while (error == 0 && next_pair(&position, &pair))
			error = read_pair(file, &pair, rule->line);
	buffer_reset(&rule->text);
	rule->line = 0;
	return error;
}

static bool is_earlier(const char *path)
{
	static const char ours[] = PATH_UDEV;
	const char *name = strrchr(path, '/');

	return strcmp(name ? name : path, strrchr(ours, '/')) < 0;
}

int writers_of_udev(const struct values *values, const char *path, const char *text,
		    const struct shell_visitor *others, struct writers *writers)
{
	const struct udev_file file = {values, path, others, writers, is_earlier(path)};
	struct udev_rule CLEANUP(udev_rule_done) rule = {0};
	int error = 0;

	if (!strstr(text, "nf_conntrack"))
		return 0;
	for (struct text_line line = {.next = text}; error == 0 && text_next_line(&line);) {
		bool continued;

		text_trim_line(&line, " \t\r");
		/* udevd skips a comment even in the middle of a rule. */
		if (line.length > 0 && *line.text == '#')
			continue;
		continued = line.length > 0 && line.text[line.length - 1] == '\\';
		rule.line = rule.line ? rule.line : line.number;
		buffer_add_bytes(&rule.text, line.text, line.length - continued);
		if (rule.text.error < 0)
			error = rule.text.error;
		else if (!continued)
			error = read_rule(&file, &rule);
	}
	return error < 0 ? error : read_rule(&file, &rule);
}
