/* Reads configurations of programs: do they ask for address translation or connection state? */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/users/program-config.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"

#define BLANKS " \t\r"

/* One assignment of an INI file; the parts point into the text. */
struct setting_line {
	struct text_word section, key, value;
};

struct setting_reader {
	struct text_line line; /* start with {.next = text} */
	struct text_word section;
};

static bool word_is(const struct text_word *word, const char *text)
{
	return word->length == strlen(text) && strncasecmp(word->text, text, word->length) == 0;
}

static bool word_is_one_of(const struct text_word *word, const char *const *names)
{
	for (; *names; names++)
		if (word_is(word, *names))
			return true;
	return false;
}

/* Reads the next line "KEY=VALUE"; separators: "=" or "=:". Returns false at the end. */
static bool config_line_next(struct setting_reader *reader, const char *separators,
			     struct setting_line *ret)
{
	while (text_next_line(&reader->line)) {
		const char *text;

		text_trim_line(&reader->line, BLANKS);
		text = reader->line.text;
		if (reader->line.length == 0 || strchr("#;", *text))
			continue;
		if (*text == '[') {
			reader->section = (struct text_word){text + 1, reader->line.length - 1};
			if (reader->section.length > 0 && text[reader->section.length] == ']')
				reader->section.length--;
			continue;
		}
		ret->section = reader->section;
		if (text_split(&reader->line, separators, &ret->key, &ret->value))
			return true;
	}
	return false;
}

/* A quoted value ends at its quote, any other at a comment. */
static void strip_value(struct text_word *value)
{
	size_t length = 0;

	if (value->length > 0 && strchr("'\"", *value->text)) {
		char quote = *value->text++;

		value->length--;
		while (length < value->length && value->text[length] != quote)
			length++;
	} else {
		while (length < value->length && value->text[length] != '#')
			length++;
	}
	value->length = length;
	text_trim(value, BLANKS);
}

enum option_state program_option_find(const char *text, const char *key, const char *value)
{
	struct setting_reader reader = {.line = {.next = text}};
	enum option_state state = OPTION_UNSET;
	struct setting_line found;

	while (config_line_next(&reader, "=:", &found)) {
		if (found.key.length > strlen("export ") &&
		    memcmp(found.key.text, "export ", strlen("export ")) == 0) {
			found.key.text += strlen("export ");
			found.key.length -= strlen("export ");
		}
		if (!word_is(&found.key, key))
			continue;
		strip_value(&found.value);
		state = word_is(&found.value, value) ? OPTION_IS : OPTION_IS_OTHER;
	}
	return state;
}

/* Returns whether the word is at this place of a line, and ends there. */
static bool has_word(const char *text, size_t length, const char *word)
{
	size_t size = strlen(word);

	return length >= size && memcmp(text, word, size) == 0 &&
	       (length == size || strchr(" \t\r{", text[size]));
}

unsigned int program_word_line(const char *text, const char *word)
{
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		bool starts = true;

		for (size_t i = 0; i < line.length && !strchr("#!", line.text[i]); i++) {
			if (starts && has_word(line.text + i, line.length - i, word))
				return line.number;
			starts = strchr("{};", line.text[i]) ||
				 (starts && strchr(BLANKS, line.text[i]));
		}
	}
	return 0;
}

bool networkd_masquerades(const char *text)
{
	static const char *const off[] = {"", "no", "n", "false", "f", "off", "0", NULL};
	struct setting_reader reader = {.line = {.next = text}};
	struct setting_line found;
	bool masquerades = false;

	while (config_line_next(&reader, "=", &found))
		if (word_is(&found.section, "Network") && word_is(&found.key, "IPMasquerade"))
			masquerades = !word_is_one_of(&found.value, off);
	return masquerades;
}

enum network_start connection_is_shared(const char *text)
{
	static const char *const no[] = {"no", "false", "0", NULL};
	struct setting_reader reader = {.line = {.next = text}};
	struct setting_line found;
	bool shared = false, by_hand = false;

	while (config_line_next(&reader, "=", &found)) {
		bool in_ifcfg = found.section.length == 0;

		strip_value(&found.value);
		if ((in_ifcfg && word_is(&found.key, "BOOTPROTO")) ||
		    (word_is(&found.section, "ipv4") && word_is(&found.key, "method")))
			shared = word_is(&found.value, "shared");
		if ((in_ifcfg && word_is(&found.key, "ONBOOT")) ||
		    (word_is(&found.section, "connection") && word_is(&found.key, "autoconnect")))
			by_hand = word_is_one_of(&found.value, no);
	}
	if (!shared)
		return NETWORK_NOT_TRANSLATED;
	return by_hand ? NETWORK_STARTS_BY_HAND : NETWORK_STARTS;
}

/* Returns the value of an attribute between the start of a tag and its end. */
static struct text_word find_attribute(const char *tag, const char *end, const char *name)
{
	size_t length = strlen(name);

	for (const char *c = tag; c + length < end; c++) {
		const char *value = c + length;
		size_t size = 0;

		if (memcmp(c, name, length) != 0 || !strchr(BLANKS "\n'\"", c[-1]))
			continue;
		value += strspn(value, BLANKS "\n");
		if (*value != '=')
			continue;
		value += 1 + strspn(value + 1, BLANKS "\n");
		if (value >= end || !strchr("'\"", *value))
			continue;
		while (value + 1 + size < end && value[1 + size] != *value)
			size++;
		return (struct text_word){value + 1, size};
	}
	return (struct text_word){0};
}

/* Returns where the comment that begins here ends, or the end of the text. */
static const char *skip_comment(const char *text)
{
	const char *end = strstr(text, "-->");

	return end ? end + strlen("-->") : text + strlen(text);
}

bool libvirt_translates(const char *text)
{
	static const char name[] = "<forward";

	while ((text = strchr(text, '<'))) {
		const char *behind = text + strlen(name), *end;
		struct text_word mode;

		if (text_starts_with(text, "<!--")) {
			text = skip_comment(text);
			continue;
		}
		if (!text_starts_with(text++, name) || !*behind || !strchr(BLANKS "\n/>", *behind))
			continue;
		/* A tag without an end is none: no value has a "<". */
		end = behind + strcspn(behind, "<>");
		mode = find_attribute(behind, end, "mode");
		if (!mode.text || word_is(&mode, "nat"))
			return true;
	}
	return false;
}

enum nspawn_network nspawn_read_network(const char *text)
{
	static const char *const no[] = {"no", "n", "false", "f", "off", "0", NULL};
	static const char *const others[] = {"Interface", "MACVLAN", "IPVLAN",
					     "Bridge",	  "Zone",    NULL};
	struct setting_reader reader = {.line = {.next = text}};
	enum nspawn_network network = NSPAWN_USUAL;
	struct setting_line found;

	while (config_line_next(&reader, "=", &found)) {
		if (!word_is(&found.section, "Network") || found.value.length == 0)
			continue;
		if (word_is(&found.key, "Port"))
			return NSPAWN_PORTS;
		if (((word_is(&found.key, "VirtualEthernet") || word_is(&found.key, "Private")) &&
		     word_is_one_of(&found.value, no)) ||
		    (word_is_one_of(&found.key, others) && !word_is(&found.key, "Zone")))
			network = NSPAWN_OTHER;
	}
	return network;
}

/* Returns whether a list with commas or blanks has all addresses of IPv4 or IPv6. */
static bool has_all_addresses(const struct text_word *list)
{
	size_t start = 0;

	for (size_t i = 0; i <= list->length; i++) {
		struct text_word word = {list->text + start, i - start};

		if (i < list->length && !strchr(", \t", list->text[i]))
			continue;
		if (word_is(&word, "0.0.0.0/0") || word_is(&word, "::/0"))
			return true;
		start = i + 1;
	}
	return false;
}

bool wireguard_marks_connections(const char *text)
{
	struct setting_reader reader = {.line = {.next = text}};
	struct setting_line found;
	bool all = false, automatic = true;

	while (config_line_next(&reader, "=", &found)) {
		strip_value(&found.value);
		if (word_is(&found.section, "Peer") && word_is(&found.key, "AllowedIPs"))
			all = all || has_all_addresses(&found.value);
		if (word_is(&found.section, "Interface") && word_is(&found.key, "Table"))
			automatic = word_is(&found.value, "auto");
	}
	return all && automatic;
}
