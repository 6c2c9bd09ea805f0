/*
 * Fuzz harness: any bytes as all files that write values, of each reader; no writer is where no
 * line is, and few win.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/sources/from-system.h"
#include "model/sources/writers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct value items[] = {
	{.kind = VALUE_HASHSIZE, .row = &schema[SETTING_HASHSIZE], .key = "nf_conntrack.hashsize"},
	{.kind = VALUE_SYSCTL,
	 .row = &schema[SETTING_MAX],
	 .key = "net.netfilter.nf_conntrack_max",
	 .path = PATH_PROC "/nf_conntrack_max",
	 .wanted = 7},
	{.kind = VALUE_SYSCTL,
	 .row = &schema[SETTING_FIRST_KEY],
	 .key = "net.netfilter.nf_conntrack_generic_timeout",
	 .path = PATH_PROC "/nf_conntrack_generic_timeout",
	 .wanted = 7},
};
static const struct values values = {.items = items, .count = ARRAY_SIZE(items)};

/* systemd-sysctl takes a carriage return for the end of a line as well. */
static size_t count_lines(const char *text)
{
	size_t lines = 1;

	for (; *text; text++)
		lines += *text == '\n' || *text == '\r';
	return lines;
}

/*
 * At most one line of each source overrides a value; each names a line of the text, or the kernel
 * command line.
 */
static void check_writers(const struct writers *writers, size_t lines)
{
	for (size_t i = 0; i < writers->count; i++) {
		const struct writer *writer = &writers->items[i];

		if (writer->line > lines || strlen(writer->text) > SYSCTL_VALUE_MAX ||
		    writer->sources == 0 || (writer->wins & ~writer->sources) || writer->before > i)
			abort();
		for (size_t k = 0; k < i; k++)
			if (writers->items[k].value == writer->value &&
			    (writers->items[k].wins & writer->wins &
			     ~SOURCE_BIT(SOURCE_KUBE_PROXY)))
				abort();
	}
	if (writers->count > ARRAY_SIZE(items) * 6UL * (WRITERS_MAX + 1))
		abort();
}

static void check_records(const struct modprobe_records *records, size_t lines)
{
	if (records->count > lines || records->count > MODPROBE_RECORDS_MAX)
		abort();
	for (size_t i = 0; i < records->count; i++)
		if (records->items[i].line.number == 0 || records->items[i].line.number > lines)
			abort();
}

/*
 * An adopted configuration has at most one line for each setting, and each begins with a setting.
 */
static void check_adoption(const struct text_file *file, const struct modprobe_records *records,
			   const char *text)
{
	const struct facts facts = {.page_size = 4096, .word_size = 8};
	struct host_writers CLEANUP(host_writers_done) found = {.writers.facts = &facts};
	struct buffer CLEANUP(buffer_clear) b = {0};
	struct problems CLEANUP(problems_done) problems = {0};
	int count;

	if (values_of_schema(&found.values) < 0)
		return;
	writers_of_sysctl(&found.values, file, 1, &found.writers);
	writers_of_modprobe(&found.values, records, text, &found.writers);
	count = from_system_render(&found, &facts, &b, &problems);
	if (count > (int)schema_count || (count > 0 && b.length == 0))
		abort();
	for (const char *line = b.data; line && *line; line = strchr(line, '\n') + 1)
		if (*line != '[' && *line != ';' && (*line < 'a' || *line > 'z'))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *CLEANUP(free_pointer) text = malloc(size + 1);
	struct writers CLEANUP(writers_done) writers = {0};
	struct modprobe_records CLEANUP(modprobe_records_done) records = {0};
	struct text_file sysctl = {"/etc/sysctl.d/a.conf", text};
	const struct text_file modprobe = {"/etc/modprobe.d/a.conf", text};
	size_t lines;

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	lines = count_lines(text);
	writers_of_sysctl(&values, &sysctl, 1, &writers);
	check_writers(&writers, lines);
	if (modprobe_records_read(&modprobe, 1, &records) < 0)
		return 0;
	check_records(&records, lines);
	writers_of_modprobe(&values, &records, text, &writers);
	check_writers(&writers, lines);
	if (writers_of_udev(&values, "/50-a.rules", text, &(struct shell_visitor){0}, &writers) < 0)
		abort();
	writers_of_tmpfiles(&values, "/a.conf", text, &writers);
	writers_of_text(&values, "/ufw", text, NULL, SOURCE_UFW, true, &writers);
	writers_of_text(&values, "/tuned", text, "sysctl", SOURCE_TUNED, true, &writers);
	check_writers(&writers, lines);
	check_adoption(&sysctl, &records, text);
	return 0;
}
