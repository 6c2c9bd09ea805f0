/* Reads podman quadlets: .container, .pod, .kube and .network files, which become units. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/users/quadlet.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

static bool is_name(const char *text, size_t size, const char *name)
{
	return strlen(name) == size && memcmp(text, name, size) == 0;
}

/*
 * Returns whether the line makes a network without NAT: "macvlan", "ipvlan" and internal networks
 * (netavark's tests 100-bridge-iptables and 300-macvlan).
 */
static bool is_without_rules(const char *key, size_t length, const struct quadlet_line *line)
{
	static const char *const yes[] = {"true", "yes", "on", "1"};

	if (is_name(key, length, "Driver"))
		return is_name(line->value, line->size, "macvlan") ||
		       is_name(line->value, line->size, "ipvlan");
	for (size_t i = 0; is_name(key, length, "Internal") && i < ARRAY_SIZE(yes); i++)
		if (is_name(line->value, line->size, yes[i]))
			return true;
	return false;
}

static bool find_key(const char *section, const char *key, size_t length, struct quadlet_line *line)
{
	static const struct {
		const char *name;
		enum quadlet_key key;
	} keys[] = {
		{"Network", QUADLET_NETWORK},
		{"Pod", QUADLET_POD},
		{"Yaml", QUADLET_YAML},
	};

	line->key = QUADLET_WANTED;
	if (text_starts_with(section, "Install]"))
		return line->size > 0 &&
		       (is_name(key, length, "WantedBy") || is_name(key, length, "RequiredBy") ||
			is_name(key, length, "UpheldBy"));
	line->key = QUADLET_NO_RULES;
	if (text_starts_with(section, "Network]"))
		return is_without_rules(key, length, line);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (is_name(key, length, keys[i].name)) {
			line->key = keys[i].key;
			return text_starts_with(section, "Container]") ||
			       text_starts_with(section, "Pod]") ||
			       text_starts_with(section, "Kube]");
		}
	return false;
}

bool quadlet_read_line(struct quadlet_reader *reader, struct quadlet_line *ret)
{
	while (*reader->position) {
		const char *line = reader->position + strspn(reader->position, " \t\r");
		size_t size = strcspn(line, "\n"), length = strcspn(line, " \t=\n");
		const char *equals = memchr(line, '=', size);
		struct quadlet_line found = {0};

		reader->position = line + size + (line[size] == '\n');
		if (*line == '[')
			reader->section = line + 1;
		if (!equals || !reader->section || *line == '#' || *line == ';')
			continue;
		found.value = equals + 1 + strspn(equals + 1, " \t\r");
		found.size = found.value < line + size ? (size_t)(line + size - found.value) : 0;
		while (found.size > 0 && strchr(" \t\r", found.value[found.size - 1]))
			found.size--;
		if (!find_key(reader->section, line, length, &found))
			continue;
		*ret = found;
		return true;
	}
	return false;
}

enum quadlet_network quadlet_read_network(const char *value, size_t size)
{
	static const char *const none[] = {"host",  "none", "slirp4netns",
					   "pasta", "ns",   "container"};
	static const char *const bridges[] = {"bridge", "private", "podman", "default"};
	static const char network[] = ".network", container[] = ".container";
	size_t length = 0;

	/* The value may be "NAME:OPTIONS". */
	while (length < size && value[length] != ':' && value[length] != ',')
		length++;
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		if (is_name(value, length, none[i]))
			return NETWORK_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(bridges); i++)
		if (is_name(value, length, bridges[i]))
			return NETWORK_BRIDGE;
	if (length > strlen(network) && text_starts_with(value + length - strlen(network), network))
		return NETWORK_QUADLET;
	if (length > strlen(container) &&
	    text_starts_with(value + length - strlen(container), container))
		return NETWORK_NONE;
	return length > 0 ? NETWORK_NAMED : NETWORK_BRIDGE;
}

bool quadlet_default_is_bare(const char *text)
{
	static const char *const words[] = {"netns=\"host\"", "netns=\"none\"",
					    "firewall_driver=\"none\""};
	bool bare = false;

	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		size_t length = 0;
		char dense[64];

		for (size_t i = 0; i < line.length && length < sizeof(dense) - 1; i++)
			if (!strchr(" \t\r", line.text[i]))
				dense[length++] = line.text[i];
		dense[length] = '\0';
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			bare = bare || text_starts_with(dense, words[i]);
	}
	return bare;
}
