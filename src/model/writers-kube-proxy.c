/* What kube-proxy's configuration makes it write. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "model/writers.h"

/* A line of the file: how far it is indented, its name, its value without quotes. */
struct yaml_line {
	size_t indent;
	char name[32], value[32];
};

static void read_line(const char *text, size_t length, struct yaml_line *ret)
{
	const char *colon, *end = text + length;

	*ret = (struct yaml_line){.indent = strspn(text, " ")};
	text += ret->indent < length ? ret->indent : length;
	colon = memchr(text, ':', (size_t)(end - text));
	if (!colon || *text == '#' || (size_t)(colon - text) >= sizeof(ret->name))
		return;
	memcpy(ret->name, text, (size_t)(colon - text));
	text = colon + 1;
	while (text < end && strchr(" \t\"'", *text))
		text++;
	length = strcspn(text, " \t\r\n\"'#");
	if (length < sizeof(ret->value) && text + length <= end)
		memcpy(ret->value, text, length);
}

/* "24h0m0s" in seconds. */
static unsigned long read_duration(const char *text)
{
	unsigned long seconds = 0;

	while (*text) {
		char *end = NULL;
		unsigned long number = strtoul(text, &end, 10);

		if (end == text || number > 1000000)
			return seconds;
		seconds += number * (*end == 'h' ? 3600 : *end == 'm' ? 60 : 1);
		text = *end ? end + 1 : end;
	}
	return seconds;
}

/* What is known while the file is read. Its own defaults stand for null (v1alpha1/defaults.go). */
struct reading {
	const struct values *values;
	const char *path;
	struct writers *writers;
	bool runs;
	unsigned long per_core, least;
	unsigned int max_line, section_line;
	size_t section; /* its indentation */
	bool inside;
};

static void add(const struct reading *reading, const char *key, unsigned int line, const char *text)
{
	for (size_t i = 0; i < reading->values->count; i++) {
		struct writer *writer;

		if (strcmp(reading->values->items[i].key, key) != 0)
			continue;
		writer = writers_add(reading->writers, &reading->values->items[i], reading->path,
				     line, text);
		if (!writer)
			return;
		writer->times |= WRITES_BY_KUBE_PROXY;
		writer->wins |= reading->runs ? WRITES_BY_KUBE_PROXY : 0;
	}
}

static void add_timeout(const struct reading *reading, const char *key, unsigned int line,
			const char *duration)
{
	unsigned long seconds = read_duration(duration);
	char text[32];

	(void)snprintf(text, sizeof(text), "%lu", seconds);
	if (seconds > 0)
		add(reading, key, line, text);
}

static void take(struct reading *reading, const struct yaml_line *line, unsigned int number)
{
	bool is_null = strcmp(line->value, "null") == 0;

	if (strcmp(line->name, "conntrack") == 0) {
		reading->section_line = number;
		reading->section = line->indent;
		reading->inside = true;
		return;
	}
	reading->inside = reading->inside && line->indent > reading->section;
	if (!reading->inside || is_null)
		return;
	if (strcmp(line->name, "maxPerCore") == 0) {
		reading->per_core = strtoul(line->value, NULL, 10);
		reading->max_line = number;
	} else if (strcmp(line->name, "min") == 0) {
		reading->least = strtoul(line->value, NULL, 10);
	} else if (strcmp(line->name, "tcpEstablishedTimeout") == 0) {
		add_timeout(reading, "net.netfilter.nf_conntrack_tcp_timeout_established", number,
			    line->value);
	} else if (strcmp(line->name, "tcpCloseWaitTimeout") == 0) {
		add_timeout(reading, "net.netfilter.nf_conntrack_tcp_timeout_close_wait", number,
			    line->value);
	}
}

void writers_of_kube_proxy(const struct values *values, const char *path, const char *text,
			   bool runs, struct writers *writers)
{
	struct reading reading = {.values = values,
				  .path = path,
				  .writers = writers,
				  .runs = runs,
				  .per_core = 32768,
				  .least = 131072};
	char words[96];

	for (unsigned int number = 1; *text; number++) {
		size_t length = strcspn(text, "\n");
		struct yaml_line line;

		read_line(text, length, &line);
		if (*line.name)
			take(&reading, &line, number);
		text += length + (text[length] == '\n');
	}
	if (!reading.section_line || reading.per_core == 0)
		return;
	(void)snprintf(words, sizeof(words), "%lu or more (%lu a processor)", reading.least,
		       reading.per_core);
	add(&reading, "net.netfilter.nf_conntrack_max",
	    reading.max_line ? reading.max_line : reading.section_line, words);
}
