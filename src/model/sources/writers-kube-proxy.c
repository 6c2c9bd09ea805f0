/* Finds the values in kube-proxy's configuration. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/sources/writers.h"

#define SECOND 1000000000U

/* A line of the file: indentation, name, and value without quotes. */
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

/* Parses a duration such as "24h0m0s" into nanoseconds; returns 0 for any other text. */
static uint64_t read_duration(const char *text)
{
	/* "ms" must come before "m". */
	static const struct {
		const char *name;
		uint64_t size;
	} units[] = {{"h", 3600ULL * SECOND}, {"ms", SECOND / 1000}, {"m", 60ULL * SECOND},
		     {"s", SECOND},	      {"us", 1000},	     {"ns", 1}};
	uint64_t sum = 0;

	while (*text) {
		char *end = NULL;
		unsigned long number = strtoul(text, &end, 10);
		size_t i = 0;

		while (i < ARRAY_SIZE(units) && !text_starts_with(end, units[i].name))
			i++;
		if (end == text || number > 1000000 || i == ARRAY_SIZE(units))
			return 0;
		sum += number * units[i].size;
		text = end + strlen(units[i].name);
	}
	return sum;
}

/*
 * The state while the file is read. A null stands for kube-proxy's default (v1alpha1/defaults.go).
 */
struct kube_proxy_reading {
	const struct values *values;
	const char *path;
	struct writers *writers;
	bool runs;
	uint64_t per_core, least;
	unsigned int max_line, section_line;
	size_t section; /* its indentation */
	bool inside;
};

/* Returns the writer of this key, or NULL if the plan does not set the key. */
static struct writer *add_writer(const struct kube_proxy_reading *reading, const char *key,
				 unsigned int line, const char *text)
{
	for (size_t i = 0; i < reading->values->count; i++) {
		struct writer *writer;

		if (strcmp(reading->values->items[i].key, key) != 0)
			continue;
		writer = writers_add(reading->writers, &reading->values->items[i], reading->path,
				     line, text, SOURCE_KUBE_PROXY, true);
		if (!writer)
			return NULL;
		writer->wins |= reading->runs ? SOURCE_BIT(SOURCE_KUBE_PROXY) : 0;
		return writer;
	}
	return NULL;
}

/*
 * Adds a timeout. kube-proxy leaves 0 alone and writes whole seconds, so that less than one becomes
 * 0.
 */
static void add_timeout(const struct kube_proxy_reading *reading, const char *key,
			unsigned int line, const char *duration)
{
	uint64_t nanoseconds = read_duration(duration);
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRIu64, nanoseconds / SECOND);
	if (nanoseconds > 0)
		(void)add_writer(reading, key, line, text);
}

/*
 * Reads a timeout as setSysctls() in pkg/proxy/conntrack/sysctls.go does; those of UDP exist since
 * 1.29.
 */
static void take_timeout(const struct kube_proxy_reading *reading, const struct yaml_line *line,
			 unsigned int number)
{
	static const struct {
		const char *name, *key;
	} rows[] = {
		{"tcpEstablishedTimeout", "net.netfilter.nf_conntrack_tcp_timeout_established"},
		{"tcpCloseWaitTimeout", "net.netfilter.nf_conntrack_tcp_timeout_close_wait"},
		{"udpTimeout", "net.netfilter.nf_conntrack_udp_timeout"},
		{"udpStreamTimeout", "net.netfilter.nf_conntrack_udp_timeout_stream"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(line->name, rows[i].name) == 0)
			add_timeout(reading, rows[i].key, number, line->value);
}

static void take_line(struct kube_proxy_reading *reading, const struct yaml_line *line,
		      unsigned int number)
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
		reading->per_core = strtoull(line->value, NULL, 10);
		reading->max_line = number;
	} else if (strcmp(line->name, "min") == 0) {
		reading->least = strtoull(line->value, NULL, 10);
	} else if (strcmp(line->name, "tcpBeLiberal") == 0 && strcmp(line->value, "true") == 0) {
		(void)add_writer(reading, "net.netfilter.nf_conntrack_tcp_be_liberal", number, "1");
	} else {
		take_timeout(reading, line, number);
	}
}

void writers_of_kube_proxy(const struct values *values, const char *path, const char *text,
			   bool runs, struct writers *writers)
{
	struct kube_proxy_reading reading = {.values = values,
					     .path = path,
					     .writers = writers,
					     .runs = runs,
					     .per_core = 32768,
					     .least = 131072};
	struct writer *writer;
	char words[96];

	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		struct yaml_line parsed;

		read_line(line.text, line.length, &parsed);
		if (*parsed.name)
			take_line(&reading, &parsed, line.number);
	}
	if (!reading.section_line || reading.per_core == 0)
		return;
	(void)snprintf(words, sizeof(words), "%" PRIu64 " or more (%" PRIu64 " a processor)",
		       reading.least, reading.per_core);
	writer = add_writer(&reading, "net.netfilter.nf_conntrack_max",
			    reading.max_line ? reading.max_line : reading.section_line, words);
	/*
	 * The effective max counts, not the text: at least `least`, and more with enough
	 * processors.
	 */
	if (writer)
		writer->same = writer->value->at_least && reading.least >= writer->value->wanted;
}
