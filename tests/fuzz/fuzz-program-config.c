/*
 * Fuzz harness: any text as a configuration of a program, and as modules.dep; what is found lies
 * inside of the text.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/runtime/module-blacklist.h"
#include "model/runtime/module-origin.h"
#include "model/users/program-config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_modules(const char *text, size_t size)
{
	struct module_blacklist list;
	size_t length = 0;
	const char *path = modules_dep_find(text, "nf_conntrack", &length);

	if (path && (path < text || path + length > text + size || length == 0))
		abort();
	module_blacklist_read(text, &list);
	if (list.count > 0 &&
	    (list.word.word < text || list.word.word + list.word.length > text + size))
		abort();
	(void)module_blacklist_has(&list, "nf_conntrack");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	unsigned int lines = 1;

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	if (program_word_line(text, "virtual_server") > lines)
		abort();
	(void)program_option_find(text, "enable", "1");
	(void)networkd_masquerades(text);
	(void)connection_is_shared(text);
	(void)libvirt_translates(text);
	(void)nspawn_read_network(text);
	(void)wireguard_marks_connections(text);
	read_modules(text, strlen(text));
	free(text);
	return 0;
}
