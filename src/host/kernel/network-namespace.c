/* Describes, counts and frees network namespaces. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/kernel/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

void network_namespace_done(struct network_namespace *namespace)
{
	free(namespace->name);
	free(namespace->path);
	free(namespace->command);
	*namespace = (struct network_namespace){0};
}

void network_namespaces_done(struct network_namespaces *namespaces)
{
	for (size_t i = 0; i < namespaces->count; i++)
		network_namespace_done(&namespaces->items[i]);
	free(namespaces->items);
	*namespaces = (struct network_namespaces){0};
}

/* Anybody may give a process any name. */
static void add_plain(struct buffer *b, const char *text)
{
	buffer_add_shown(b, text, strlen(text));
}

void network_namespace_describe(const struct network_namespace *namespace, struct buffer *b)
{
	buffer_add(b, "namespace ");
	if (namespace->name) {
		add_plain(b, namespace->name);
	} else if (namespace->command) {
		buffer_add(b, "of ");
		add_plain(b, namespace->command);
		buffer_printf(b, " (%lu)", namespace->pid);
	} else {
		add_plain(b, namespace->path);
	}
}

size_t kernel_count_namespaces(const struct kernel *kernel)
{
	struct network_namespaces CLEANUP(network_namespaces_done) others = {0};

	return kernel_list_namespaces(kernel, &others) < 0 ? 0 : others.count + 1;
}
