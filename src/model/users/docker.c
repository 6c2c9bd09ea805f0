/* Reads the options of dockerd: does it set firewall rules, and where is its configuration? */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/users/docker.h"

#include <jansson.h>
#include <string.h>

#include "base/cleanup.h"

#define WORD_ENDS " \t\r\n'\"\\;"

/* Returns the value of the last word that begins with the name, or NULL. */
static const char *find_value(const char *text, size_t size, const char *name, size_t *ret_size)
{
	const char *end = text + size, *found = NULL, *word = text;
	size_t length = strlen(name);

	while ((word = memmem(word, (size_t)(end - word), name, length))) {
		word += length;
		found = word;
	}
	if (!found)
		return NULL;
	for (word = found; word < end && !strchr(WORD_ENDS, *word); word++)
		;
	*ret_size = (size_t)(word - found);
	return found;
}

/* Reads a boolean as strconv.ParseBool of Go does. dockerd does not start with any other text. */
static void read_switch(const char *text, size_t size, const char *name, bool *set, bool *unset)
{
	static const char *const yes[] = {"1", "t", "T", "true", "TRUE", "True"};
	static const char *const no[] = {"0", "f", "F", "false", "FALSE", "False"};
	size_t length;
	const char *value = find_value(text, size, name, &length);

	for (size_t i = 0; value && i < ARRAY_SIZE(yes); i++) {
		if (strlen(yes[i]) == length && memcmp(value, yes[i], length) == 0)
			*set = true;
		if (strlen(no[i]) == length && memcmp(value, no[i], length) == 0)
			*unset = true;
	}
}

void docker_read_words(const char *text, size_t size, struct docker_options *options)
{
	bool set = false, unset = false, set6 = false, unset6 = false;
	size_t length;

	read_switch(text, size, "--iptables=", &set, &unset);
	read_switch(text, size, "--ip6tables=", &set6, &unset6);
	if (set || unset)
		options->no_iptables = unset;
	/* A switch without a value is set. */
	if (find_value(text, size, "--ip6tables", &length) && length == 0)
		set6 = true;
	if (set6 || unset6)
		options->ip6tables = set6;
}

void docker_read_file(const char *text, struct docker_options *options)
{
	json_error_t ignored;
	json_t *root = json_loads(text, 0, &ignored);
	const json_t *value = json_object_get(root, "iptables");

	if (json_is_boolean(value))
		options->no_iptables = json_is_false(value);
	value = json_object_get(root, "ip6tables");
	if (json_is_boolean(value))
		options->ip6tables = json_is_true(value);
	json_decref(root);
}

const char *docker_config_path(const char *text, size_t size, size_t *ret_size)
{
	return find_value(text, size, "--config-file=", ret_size);
}

bool docker_is_daemon(const char *text, size_t size)
{
	return memmem(text, size, "dockerd", strlen("dockerd")) ||
	       memmem(text, size, "docker daemon", strlen("docker daemon"));
}
