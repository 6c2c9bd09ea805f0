/* Fuzz harness: any bytes as host.fw of Proxmox VE; what it sets has a line of it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/sources/writers-pve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct value items[] = {
		{.kind = VALUE_SYSCTL, .key = "max", .path = PATH_PROC "/nf_conntrack_max"},
		{.kind = VALUE_HASHSIZE, .key = "hashsize", .path = PATH_PARAMETERS "/hashsize"},
	};
	static const struct values values = {.items = items, .count = ARRAY_SIZE(items)};
	static const struct writer_line line = {.path = "a", .source = SOURCE_PVE_FIREWALL};
	struct pve_options options;
	struct writers writers = {0};
	unsigned int lines = 1;
	char *CLEANUP(free_pointer) text = malloc(size + 1);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	pve_options_read(text, &options);
	writers_of_pve(&values, &options, &line, &writers);
	for (size_t i = 0; i < writers.count; i++)
		if (writers.items[i].line > lines)
			abort();
	writers_done(&writers);
	return 0;
}
