/* pve-firewall of Proxmox VE: the options of the cluster and of this node. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/pve-firewall.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "gather/unit-state.h"
#include "model/sources/writers-pve.h"

#define PATH_CLUSTER "/etc/pve/firewall/cluster.fw"
#define PATH_LOCAL   "/etc/pve/local/host.fw"
#define PATH_NODES   "/etc/pve/nodes"

struct pve {
	struct reading *reading;
	struct host_writers *found;
	struct writer_line line;
};

/* Returns 1 if the file is there; `must` false: its defaults count without it, too. */
static int read_host(struct pve *pve, const char *path, bool must)
{
	char *CLEANUP(free_pointer) text = NULL;
	struct pve_options options;
	int error = reading_file(pve->reading, path, &text);

	if (error < 0 || (!text && must))
		return error;
	pve->line.path = path;
	pve_options_read(text ? text : "", &options);
	writers_of_pve(&pve->found->values, &options, &pve->line, &pve->found->writers);
	return 1;
}

static int read_node(struct pve *pve, const char *name, bool must)
{
	char *CLEANUP(free_pointer) path = text_format(PATH_NODES "/%s/host.fw", name);

	return path ? read_host(pve, path, must) : -ENOMEM;
}

/* Returns the name of the host up to its first dot, as nodes are called; owned, or NULL. */
static int read_node_name(struct reading *reading, char **ret)
{
	int error = reading_file(reading, "/etc/hostname", ret);

	if (*ret)
		(*ret)[strcspn(*ret, ".\n\r \t/")] = '\0';
	return error;
}

/*
 * Finds the nodes. If no link names the node, this is the folder of this host or the only folder;
 * otherwise each node is possible.
 */
static int read_nodes(struct pve *pve)
{
	char *CLEANUP(free_pointer) own = NULL;
	struct names CLEANUP(names_done) nodes = {0};
	int error = read_node_name(pve->reading, &own);
	int done = error;

	if (error == 0)
		error = reading_list(pve->reading, PATH_NODES, "", &nodes);
	for (size_t i = 0; i < nodes.count && error == 0 && done == 0; i++)
		if (own && strcmp(nodes.items[i], own) == 0)
			done = read_node(pve, nodes.items[i], false);
	pve->line.possible = nodes.count > 1;
	for (size_t i = 0; i < nodes.count && error == 0 && done == 0; i++)
		error = read_node(pve, nodes.items[i], nodes.count > 1);
	if (error == 0 && done == 0 && nodes.count == 0)
		error = read_host(pve, PATH_LOCAL, false);
	return error < 0 ? error : (done < 0 ? done : 0);
}

int find_pve_firewall(struct reading *reading, struct host_writers *found)
{
	char *CLEANUP(free_pointer) cluster = NULL;
	struct pve pve = {.reading = reading, .found = found, .line.source = SOURCE_PVE_FIREWALL};
	struct pve_options options;
	int error = reading_file(reading, PATH_CLUSTER, &cluster);

	if (error < 0 || !cluster)
		return error;
	pve_options_read(cluster, &options);
	if (!options.enable)
		return 0;
	error = unit_is_idle(reading, "pve-firewall", &pve.line.inactive);
	if (error == 0)
		error = read_host(&pve, PATH_LOCAL, true);
	if (error == 0)
		error = read_nodes(&pve);
	return error < 0 ? error : 0;
}
