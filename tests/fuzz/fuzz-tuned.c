/*
 * Fuzz harness: any bytes as a profile of tuned and as a list of profiles; what is found stands in
 * the text.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/sources/writers-tuned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int visit_name(void *data, const char *name, bool possible)
{
	const char *list = data;

	if (!*name || strchr(name, '/') || strlen(name) > TUNED_NAME_MAX ||
	    (!possible && !strstr(list, name)))
		abort();
	return 0;
}

static void check_writers(struct writers *writers, const char *text)
{
	unsigned int lines = 1;

	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	for (size_t i = 0; i < writers->count; i++)
		if (writers->items[i].line < 1 || writers->items[i].line > lines)
			abort();
	writers_done(writers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct value items[] = {
		{.kind = VALUE_SYSCTL,
		 .key = "net.netfilter.nf_conntrack_max",
		 .path = PATH_PROC "/nf_conntrack_max",
		 .wanted = 100000},
		{.kind = VALUE_HASHSIZE,
		 .key = "nf_conntrack.hashsize",
		 .path = PATH_PARAMETERS "/hashsize",
		 .wanted = 100000},
	};
	static const struct values values = {.items = items, .count = ARRAY_SIZE(items)};
	struct tuned_profile CLEANUP(tuned_profile_done) profile = {0};
	struct tuned_profile CLEANUP(tuned_profile_done) all = {0};
	bool again[ARRAY_SIZE(items)] = {false};
	const struct tuned_settings settings = {.again = again};
	struct writers writers = {0};
	char *CLEANUP(free_pointer) text = malloc(size + 1);
	struct text_file file;

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	file = (struct text_file){"/etc/sysctl.conf", text};
	if (tuned_names_visit(text, ",;", visit_name, text) < 0 ||
	    tuned_profile_read("a", text, false, &profile) < 0 ||
	    tuned_profile_merge(&all, &profile, false) < 0 ||
	    tuned_profile_merge(&all, &profile, true) < 0)
		abort();
	tuned_find_again(&values, &writers, &file, 1, again);
	writers_of_tuned(&values, &all, &settings, &writers);
	check_writers(&writers, text);
	return 0;
}
