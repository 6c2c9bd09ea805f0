/*
 * Fuzz harness: any bytes as /proc/modules; in what is taken for one, each stands behind all that
 * hold it.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/users/module-graph.h"
#include "model/users/uses.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_order(const struct module_graph *graph)
{
	size_t obstacles = 0;

	for (size_t i = 0; i < graph->count; i++) {
		const struct graph_module *module = &graph->items[i];

		for (size_t j = 0; j < module->holder_count; j++)
			if (module->holders[j] >= i)
				abort();
		if (!module_graph_find(graph, module->name))
			abort();
		obstacles += graph_module_obstacle(module) != NULL;
	}
	if (graph->count > 0 && strcmp(graph->items[graph->count - 1].name, "nf_conntrack") != 0)
		abort();
	if (obstacles != module_graph_obstacles(graph))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct module_graph graph = {0};
	struct uses uses = {0};
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (module_graph_read(text, "nf_conntrack", &graph) == 0) {
		check_order(&graph);
		uses_of_modules(&graph, true, &uses);
		uses_done(&uses);
		module_graph_done(&graph);
	}
	free(text);
	return 0;
}
