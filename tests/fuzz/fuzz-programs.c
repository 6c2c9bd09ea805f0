/*
 * Fuzz harness: any bytes as the files of ufw and tuned; what they set is theirs, and stands in the
 * text.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/plan/artifact.h"
#include "model/sources/program-settings.h"
#include "model/sources/writers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_setting(const char *text, const char *section, const char *name, const char *ends)
{
	char value[16];

	memset(value, 'x', sizeof(value));
	if (!program_setting_find(text, section, name, ends, value, sizeof(value)) && *value)
		abort();
	if (!memchr(value, '\0', sizeof(value)) || !strstr(text, value) || strpbrk(value, ends))
		abort();
	(void)program_setting_is_no(value);
}

static void check_writers(struct writers *writers, const char *path, const char *text)
{
	unsigned int lines = 1;

	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	for (size_t i = 0; i < writers->count; i++) {
		const struct writer *writer = &writers->items[i];

		if (writer->line < 1 || writer->line > lines || strcmp(writer->path, path) != 0)
			abort();
	}
	writers_done(writers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct value items[] = {
		{.kind = VALUE_SYSCTL,
		 .key = "net.netfilter.nf_conntrack_max",
		 .path = PATH_PROC "/nf_conntrack_max",
		 .wanted = 100000},
		{.kind = VALUE_HASHSIZE, .key = "nf_conntrack.hashsize", .wanted = 100000},
		{.kind = VALUE_SYSCTL,
		 .key = "net.netfilter.nf_conntrack_tcp_timeout_established",
		 .path = PATH_PROC "/nf_conntrack_tcp_timeout_established",
		 .wanted = 100},
	};
	static const struct values values = {.items = items, .count = ARRAY_SIZE(items)};
	struct writers writers = {0};
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_setting(text, NULL, "ENABLED", SETTING_ONE_WORD);
	check_setting(text, NULL, "IPT_SYSCTL", SETTING_ONE_WORD);
	check_setting(text, "main", "include", SETTING_WHOLE_LINE);
	writers_of_text(&values, "a", text, NULL, SOURCE_UFW, true, &writers);
	check_writers(&writers, "a", text);
	writers_of_text(&values, "b", text, "sysctl", SOURCE_TUNED, false, &writers);
	check_writers(&writers, "b", text);
	free(text);
	return 0;
}
