/* Turns what the sources of a host set into a configuration of our own. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/from-system.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/config/schema.h"
#include "model/plan/sizes.h"

/* One setting as the sources have it. */
struct found_setting {
	const struct writer *writer; /* the line whose value is live; NULL: there is none */
	const struct writer *lost;   /* a line that sets something unknown, or that is refused */
	uint64_t number;
	bool set;	    /* whether the number is part of the configuration */
	const char *reason; /* why a line that was found is only a comment; a literal, or NULL */
};

/* All settings, with an item for each row of the schema. */
struct from_system {
	struct found_setting *settings;
	const struct facts *facts; /* not owned */
	bool own_max;		   /* max is what the kernel makes of the buckets */
	uint64_t fewest_buckets;   /* 0, or the buckets to write in place of those found */
	uint64_t percent;	   /* 0, or the memory_limit that the sizes need */
};

static void from_system_done(struct from_system *system)
{
	free(system->settings);
}

/* Returns the writer that acts last at boot, of those whose value is live after their source. */
static const struct writer *find_last(const struct writers *writers, const struct value *value)
{
	const struct writer *last = NULL;

	for (size_t i = 0; i < writers->count; i++) {
		const struct writer *writer = &writers->items[i];

		if (writer->value == value && writer->wins && !writer->refused &&
		    (!last || sources_find_last(writer->wins) >= sources_find_last(last->wins)))
			last = writer;
	}
	return last;
}

/* Returns the last line for the value that the kernel refuses, or NULL. */
static const struct writer *find_refused(const struct writers *writers, const struct value *value)
{
	const struct writer *last = NULL;

	for (size_t i = 0; i < writers->count; i++)
		if (writers->items[i].value == value && writers->items[i].refused)
			last = &writers->items[i];
	return last;
}

static void find_setting(const struct host_writers *found, const struct value *value,
			 struct found_setting *setting, struct problems *problems)
{
	const struct schema_row *row = value->row;
	const struct writer *writer = find_last(&found->writers, value);
	int error;

	if (!writer || writer->computed)
		setting->lost = writer ? writer : find_refused(&found->writers, value);
	if (setting->lost && setting->lost->computed) {
		problems_add(problems, SEVERITY_WARNING, setting->lost->path, setting->lost->line,
			     "left out: %s.%s is set to a computed value, %s; write the number "
			     "that it has on this host",
			     row->section, row->name, setting->lost->text);
		return;
	}
	writer = writer ? writer : setting->lost;
	if (!writer)
		return;
	error = schema_parse_kernel(row, writer->text, &setting->number);
	if (error < 0) {
		setting->lost = writer;
		problems_add(problems, SEVERITY_WARNING, writer->path, writer->line,
			     "left out: \"%s\" is %s %s.%s", writer->text,
			     error == -ERANGE ? "out of the bounds of" : "no value of",
			     row->section, row->name);
		return;
	}
	setting->writer = writer;
	setting->set = true;
}

/*
 * If modprobe sets hashsize alone, the kernel makes max 8 times the rounded buckets. A write after
 * the load leaves max as it is.
 */
static void find_own_max(struct from_system *system)
{
	struct found_setting *max = &system->settings[SETTING_MAX];
	const struct found_setting *hashsize = &system->settings[SETTING_HASHSIZE];

	if (max->set || max->lost || !hashsize->set ||
	    !(hashsize->writer->wins & SOURCE_BIT(SOURCE_OPTIONS)))
		return;
	max->number = sizes_own_max(sizes_round_buckets(hashsize->number, system->facts->page_size,
							system->facts->word_size));
	max->set = system->own_max = true;
}

/* Handles a max that needs more buckets than the host has, because plan would refuse both. */
static void fit_ratio(struct from_system *system)
{
	const struct found_setting *max = &system->settings[SETTING_MAX];
	struct found_setting *hashsize = &system->settings[SETTING_HASHSIZE];

	if (!max->set || !hashsize->set || facts_before(system->facts, 5, 15) ||
	    max->number <= RATIO_REFUSE * sizes_round_buckets(hashsize->number, PAGE_SIZE_USUAL,
							      WORD_SIZE_USUAL))
		return;
	hashsize->reason = "kernels from 5.15 on may drop packets with so few buckets for max; the "
			   "line below has the fewest that max needs";
	system->fewest_buckets = (max->number + RATIO_REFUSE - 1) / RATIO_REFUSE;
}

/* Returns the buckets that the configuration has. */
static uint64_t buckets_of(const struct from_system *system)
{
	const struct found_setting *max = &system->settings[SETTING_MAX];
	const struct found_setting *hashsize = &system->settings[SETTING_HASHSIZE];

	if (system->fewest_buckets)
		return system->fewest_buckets;
	if (hashsize->set)
		return hashsize->number;
	return max->number < HASHSIZE_MAX ? max->number : HASHSIZE_MAX;
}

/*
 * Handles sizes that a full table of this host has no memory for: gives the memory_limit that they
 * need, or makes comments of them if even the whole RAM is too little.
 */
static void fit_memory(struct from_system *system)
{
	struct found_setting *max = &system->settings[SETTING_MAX];
	struct found_setting *hashsize = &system->settings[SETTING_HASHSIZE];
	const struct found_setting *expect = &system->settings[SETTING_EXPECT_HASHSIZE];
	uint64_t ram = sizes_round_ram(system->facts->ram), bytes, percent = MEMORY_SHARE_USUAL;

	if (ram == 0 || !(max->set || hashsize->set))
		return;
	bytes = sizes_table_bytes(system->facts, max->set ? max->number : hashsize->number,
				  buckets_of(system));
	if (expect->set &&
	    __builtin_add_overflow(bytes,
				   sizes_bucket_bytes(expect->number, system->facts->page_size,
						      system->facts->word_size),
				   &bytes))
		bytes = UINT64_MAX;
	while (percent <= 100 && sizes_share(ram, percent) < bytes)
		percent++;
	if (percent > MEMORY_SHARE_USUAL && percent <= 100)
		system->percent = percent;
	if (percent <= 100)
		return;
	max->reason = hashsize->reason = "a full table takes more than the RAM of this host";
	system->fewest_buckets = 0;
}

/*
 * How much of a path a comment shows, from its end, which has the name of the file. A line of the
 * configuration has at most 198 bytes (model/config/ini.c).
 */
#define PATH_SHOWN 120

static const char *last_part(const char *path)
{
	size_t length = strlen(path);
	const char *part = length > PATH_SHOWN ? path + length - PATH_SHOWN : path;

	/* The cut must not split a character of UTF-8. */
	while (((unsigned char)*part & 0xc0) == 0x80)
		part++;
	return part;
}

/*
 * Adds "name = number" with a comment behind it. A foreign text in the comment cannot start another
 * line.
 */
static void add_line(struct buffer *b, const struct schema_row *row, uint64_t number,
		     const char *comment)
{
	struct buffer CLEANUP(buffer_clear) line = {0};

	schema_format_line(row, number, &line);
	buffer_printf(b, "%-32s ; ", line.data ? line.data : "");
	buffer_add_shown(b, comment, strlen(comment));
	buffer_add(b, "\n");
}

/* Adds what the comment says of the line: "/etc/sysctl.d/a.conf:3". */
static void add_place(struct buffer *b, const struct writer *writer)
{
	const char *path = last_part(writer->path);

	buffer_printf(b, "%s%s", path == writer->path ? "" : "...", path);
	if (writer->line)
		buffer_printf(b, ":%u", writer->line);
	buffer_add(b, writer->possible ? ", possibly" : "");
}

/* Adds the setting as a comment, with the reason on a line before it. */
static void add_left_out(struct buffer *b, const struct schema_row *row,
			 const struct found_setting *setting, const char *comment)
{
	buffer_printf(b, "; Left out: %s.\n; ", setting->reason);
	add_line(b, row, setting->number, comment);
}

/* Adds the lines of one setting; returns how many of them are no comments, or -ENOMEM. */
static int add_setting(const struct from_system *system, size_t id, struct buffer *b)
{
	const struct found_setting *setting = &system->settings[id];
	const struct schema_row *row = &schema[id];
	struct buffer CLEANUP(buffer_clear) comment = {0};

	if (id == SETTING_MEMORY_LIMIT && system->percent) {
		buffer_printf(b,
			      "%s = %" PRIu64
			      "%%%14s ; without this line the sizes of this host are refused\n",
			      row->name, system->percent, "");
		return 1;
	}
	if (!setting->set)
		return 0;
	if (id == SETTING_MAX && system->own_max)
		buffer_add(&comment, "no file sets it; the kernel sets max to 8 x hashsize");
	else
		add_place(&comment, setting->writer);
	if (comment.error < 0)
		return -ENOMEM;
	if (!setting->reason) {
		add_line(b, row, setting->number, comment.data);
		return 1;
	}
	add_left_out(b, row, setting, comment.data);
	if (id != SETTING_HASHSIZE || !system->fewest_buckets)
		return 0;
	add_line(b, row, system->fewest_buckets, "an 8th of max");
	return 1;
}

static int add_sections(const struct from_system *system, struct buffer *b)
{
	int count = 0;

	for (size_t k = 0; schema_section(k); k++) {
		struct buffer CLEANUP(buffer_clear) section = {0};

		for (size_t i = 0; i < schema_count; i++) {
			int added = strcmp(schema[i].section, schema_section(k)) == 0
					    ? add_setting(system, i, &section)
					    : 0;

			if (added < 0)
				return added;
			count += added;
		}
		if (section.error < 0)
			return -ENOMEM;
		if (section.data)
			buffer_printf(b, "[%s]\n%s", schema_section(k), section.data);
	}
	return b->error < 0 ? -ENOMEM : count;
}

int from_system_render(const struct host_writers *found, const struct facts *facts,
		       struct buffer *b, struct problems *problems)
{
	struct from_system CLEANUP(from_system_done) system = {
		.settings = calloc(schema_count, sizeof(*system.settings)),
		.facts = facts,
	};

	if (!system.settings)
		return -ENOMEM;
	for (size_t i = 0; i < found->values.count; i++) {
		const struct value *value = &found->values.items[i];

		find_setting(found, value, &system.settings[value->row - schema], problems);
	}
	find_own_max(&system);
	fit_ratio(&system);
	fit_memory(&system);
	return add_sections(&system, b);
}
