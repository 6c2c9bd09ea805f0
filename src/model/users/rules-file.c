/* Reads a file of firewall rules in pieces: lines that need connection tracking, and includes. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/users/rules-file.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"

static bool is_word_part(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

/* Returns whether a word of nft or iptables-save needs connection tracking. */
static bool is_of_tracking(const char *word, size_t length)
{
	static const char *const words[] = {
		"ct",	       "conntrack", "state",	 "masquerade", "MASQUERADE", "snat",
		"dnat",	       "SNAT",	    "DNAT",	 "redirect",   "REDIRECT",   "notrack",
		"NOTRACK",     "CT",	    "connmark",	 "CONNMARK",   "connlimit",  "flowtable",
		"synproxy",    "SYNPROXY",  "NETMAP",	 "connbytes",  "helper",     "nat",
		"CONNSECMARK", "connlabel", "CLUSTERIP", "ct_state",   "ct_mark",    "ct_zone",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i][0] == word[0] && strlen(words[i]) == length &&
		    memcmp(words[i], word, length) == 0)
			return true;
	return false;
}

static void end_word(struct rules_file *file)
{
	static const char include[] = "include";
	size_t length = file->word_length;

	file->word_length = 0;
	if (length == 0 || length > sizeof(file->word) || file->comment || file->quoted)
		return;
	if (!file->script && length == strlen(include) && memcmp(file->word, include, length) == 0)
		file->place = RULES_BEHIND_INCLUDE;
	else if (file->last_ask <= file->lines && is_of_tracking(file->word, length)) {
		file->last_ask = file->lines + 1;
		file->ask_lines++;
		if (file->asks == 0)
			file->asks = file->last_ask;
	}
}

static void end_line(struct rules_file *file)
{
	file->lines++;
	file->place = RULES_TEXT;
	file->started = file->comment = file->quoted = file->escaped = false;
}

/*
 * Reads a character of a quoted text: a comment, a name or the prefix of log lines. iptables-save
 * writes a quote inside as \".
 */
static void read_quote(struct rules_file *file, char c)
{
	if (c == '"' && !file->escaped && !file->comment && !file->script)
		file->quoted = !file->quoted;
	file->escaped = c == '\\' && !file->escaped && file->quoted;
}

static void read_text(struct rules_file *file, char c)
{
	/* iptables-restore treats a # in the middle of a word as part of the word. */
	if (c == '#' && !file->quoted && (!file->started || strchr(" \t;{}", file->previous)))
		file->comment = true;
	read_quote(file, c);
	file->started = file->started || (c != ' ' && c != '\t');
	if (c == '\n')
		end_line(file);
}

/* Reads a character of a name, which may have any bytes. Returns whether the name is complete. */
static bool read_name(struct rules_file *file, char c)
{
	if (c == '"') {
		file->place = RULES_TEXT;
		file->long_name = file->long_name || file->name_length == sizeof(file->name);
		return file->name_length > 0 && file->name_length < sizeof(file->name);
	}
	if (c == '\n')
		end_line(file);
	else if (file->name_length < sizeof(file->name))
		file->name[file->name_length++] = c;
	return false;
}

/* Reads a character. Returns whether the name of an include is complete. */
static bool read_character(struct rules_file *file, char c)
{
	if (file->place == RULES_NAME)
		return read_name(file, c);
	if (is_word_part(c)) {
		file->escaped = false;
		if (file->word_length < sizeof(file->word))
			file->word[file->word_length] = c;
		/* The length stops growing, because a longer word cannot match. */
		file->word_length += file->word_length <= sizeof(file->word);
		file->place = RULES_TEXT;
		file->started = true;
		file->previous = c;
		return false;
	}
	end_word(file);
	if (file->place == RULES_BEHIND_INCLUDE && c == '"' && !file->quoted) {
		file->place = RULES_NAME;
		file->name_length = 0;
		return false;
	}
	if (c != ' ' && c != '\t')
		file->place = RULES_TEXT;
	read_text(file, c);
	file->previous = c;
	return false;
}

static int format_name(const struct rules_file *file, char **ret)
{
	const char *name = file->name;
	size_t length = file->name_length;
	struct buffer b = {0};

	if (*name == '.' && length > 1 && name[1] == '/')
		buffer_add_bytes(&b, name + 1, length - 1);
	else
		buffer_printf(&b, "%s%.*s", *name == '/' ? "" : "/etc/", (int)length, name);
	return buffer_steal(&b, ret, NULL) < 0 ? -ENOMEM : 1;
}

int rules_file_read(struct rules_file *file, const char **position, const char *end, char **ret)
{
	while (*position < end)
		if (read_character(file, *(*position)++))
			return format_name(file, ret);
	return 0;
}

void rules_file_end(struct rules_file *file)
{
	end_word(file);
}
