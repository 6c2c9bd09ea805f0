/* Fuzz harness: any bytes as configuration files that say how long a program waits. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "model/table/relation-lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct relation_line *found)
{
	if (!memchr(found->words, '\0', sizeof(found->words)) ||
	    (found->seconds == 0 && (found->line > 0 || found->words[0] != '\0')))
		abort();
}

static void check_wireguard(const char *text)
{
	struct relation_line found;
	char interface[INTERFACE_SIZE];

	relation_read_wireguard(text, &found, interface);
	check(&found);
	if (!memchr(interface, '\0', sizeof(interface)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const char *, struct relation_line *) = {
		relation_read_haproxy, relation_read_nginx,   relation_read_envoy,
		relation_read_resolv,  relation_read_vpc_cni,
	};
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		struct relation_line found;

		readers[i](text, &found);
		check(&found);
	}
	check_wireguard(text);
	free(text);
	return 0;
}
