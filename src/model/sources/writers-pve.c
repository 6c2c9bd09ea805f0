/* Adds what pve-firewall of Proxmox VE sets: max, hashsize and two timeouts. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/writers-pve.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* pve-firewall sets these if host.fw says nothing; a smaller max counts as this one. */
#define MAX_LEAST	    262144U
#define MAX_STEP	    8192U
#define ESTABLISHED_DEFAULT 432000U
#define SYN_RECV_DEFAULT    60U
/* pve-firewall makes hashsize a quarter of max. */
#define MAX_PER_BUCKET 4U
/* More than any value may be, and far from an overflow. */
#define NUMBER_MAX (UINT64_C(1) << 40)

static void set_option(struct pve_options *options, const char *name, size_t length, uint64_t value,
		       unsigned int line)
{
	static const char prefix[] = "nf_conntrack_";
	const struct {
		const char *name;
		struct pve_number *number;
	} numbers[] = {
		{"max", &options->max},
		{"tcp_timeout_established", &options->established},
		{"tcp_timeout_syn_recv", &options->syn_recv},
	};
	const size_t size = sizeof(prefix) - 1;

	if (length == strlen("enable") && strncasecmp(name, "enable", length) == 0)
		options->enable = value == 1;
	if (length == strlen("nftables") && strncasecmp(name, "nftables", length) == 0)
		options->nftables = value == 1;
	if (length <= size || strncasecmp(name, prefix, size) != 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (strlen(numbers[i].name) == length - size &&
		    strncasecmp(name + size, numbers[i].name, length - size) == 0)
			*numbers[i].number = (struct pve_number){value, line};
}

/* Reads "NAME: NUMBER". pve-firewall ignores an option with any other value. */
static void read_option(struct pve_options *options, const struct text_line *line)
{
	const char *colon = memchr(line->text, ':', line->length);
	size_t length = colon ? (size_t)(colon - line->text) : 0, at = length + 1;
	uint64_t number = 0;

	if (!colon)
		return;
	while (at < line->length && strchr(" \t", line->text[at]))
		at++;
	if (at == line->length)
		return;
	for (; at < line->length; at++) {
		if (line->text[at] < '0' || line->text[at] > '9')
			return;
		if (number < NUMBER_MAX)
			number = number * 10 + (uint64_t)(line->text[at] - '0');
	}
	set_option(options, line->text, length, number, line->number);
}

void pve_options_read(const char *text, struct pve_options *ret)
{
	static const char header[] = "[options]";
	bool inside = false;

	*ret = (struct pve_options){0};
	for (struct text_line line = {.next = text}; text_next_line(&line);) {
		text_trim_line(&line, " \t\r");
		if (line.length == 0 || *line.text == '#')
			continue;
		if (*line.text == '[')
			inside = line.length == sizeof(header) - 1 &&
				 strncasecmp(line.text, header, line.length) == 0;
		else if (inside)
			read_option(ret, &line);
	}
}

static const struct value *find_value(const struct values *values, const char *path)
{
	return writers_find_value(values, path, strlen(path));
}

/* made: what pve-firewall makes of the number; 0: nothing else. */
static void set_value(const struct writer_line *origin, const struct value *value,
		      const struct pve_number *number, uint64_t made, struct writers *writers)
{
	struct writer_line line = *origin;
	char text[24];

	if (!value)
		return;
	(void)snprintf(text, sizeof(text), "%" PRIu64, number->number);
	line.text = text;
	line.number = number->line;
	line.made = made;
	writers_set(writers, value, &line);
}

static uint64_t round_max(uint64_t number)
{
	return number > MAX_LEAST ? (number + MAX_STEP - 1) / MAX_STEP * MAX_STEP : MAX_LEAST;
}

/* hashsize follows only if max was another one, so it stays if both agree on max. */
static void set_sizes(const struct values *values, const struct pve_number *max,
		      const struct writer_line *origin, struct writers *writers)
{
	const struct value *value = find_value(values, PATH_PROC "/nf_conntrack_max");
	uint64_t rounded = round_max(max->number);
	const struct pve_number least = {MAX_LEAST, max->line};
	const struct pve_number buckets = {rounded / MAX_PER_BUCKET, max->line};
	struct writer_line hashsize = *origin;

	set_value(origin, value, max->number > MAX_LEAST ? max : &least, rounded, writers);
	hashsize.loses = value && value->wanted == rounded;
	set_value(&hashsize, find_value(values, PATH_PARAMETERS "/hashsize"), &buckets, 0, writers);
}

/* Sets a timeout; `otherwise` 0: only if host.fw has it. */
static void set_timeout(const struct value *value, const struct pve_number *option,
			uint64_t otherwise, const struct writer_line *origin,
			struct writers *writers)
{
	const struct pve_number number = {otherwise, 0};

	if (option->line > 0 || otherwise > 0)
		set_value(origin, value, option->line > 0 ? option : &number, 0, writers);
}

void writers_of_pve(const struct values *values, const struct pve_options *options,
		    const struct writer_line *line, struct writers *writers)
{
	const struct value *max = find_value(values, PATH_PROC "/nf_conntrack_max");

	/* proxmox-firewall sets only what is in the file, as it is. */
	if (!options->nftables)
		set_sizes(values, &options->max, line, writers);
	else if (options->max.line > 0)
		set_value(line, max, &options->max, 0, writers);
	set_timeout(find_value(values, PATH_PROC "/nf_conntrack_tcp_timeout_established"),
		    &options->established, options->nftables ? 0 : ESTABLISHED_DEFAULT, line,
		    writers);
	set_timeout(find_value(values, PATH_PROC "/nf_conntrack_tcp_timeout_syn_recv"),
		    &options->syn_recv, options->nftables ? 0 : SYN_RECV_DEFAULT, line, writers);
}

void pve_add_advice(const struct writer *writer, struct buffer *b)
{
	uint64_t number = writer->made ? writer->made : strtoull(writer->text, NULL, 10);
	const struct schema_row *row = writer->value->row;

	/* With the max of pve-firewall, hashsize stays. */
	if (writer->value->kind == VALUE_HASHSIZE)
		buffer_printf(b,
			      "put \"[conntrack] max = %" PRIu64 "\" into conntrack-persist.conf",
			      number * MAX_PER_BUCKET);
	else
		buffer_printf(b, "put \"[%s] %s = %" PRIu64 "\" into conntrack-persist.conf",
			      row->section, row->name, number);
}
