/*
 * Looks into the other network namespaces of this host: how many entries, and which settings
 * differ.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/look-namespaces.h"

#include <errno.h>
#include <stdlib.h>

#include "gather/facts.h"
#include "steps/comparison.h"
#include "steps/error-words.h"
#include "steps/namespace-keys.h"

/*
 * Reads the namespace that this process has entered. If there is no count of entries, nothing is
 * tracked in this namespace and its keys do not exist. Negative errno.
 */
static int look_inside(const struct context *context, const struct references *references,
		       struct namespace_table *table)
{
	int error = gather_number(context->kernel, PATH_ENTRIES, &table->entries.value);

	if (error == -ENOENT)
		return 0;
	table->entries.known = error == 0;
	if (error < 0 && error != -EINVAL && error != -ERANGE) {
		table->error = error;
		return 0;
	}
	table->max = gather_figure(context->kernel, PATH_PROC "/nf_conntrack_max");
	return references_compare(context, references, table);
}

static int look_at(struct context *context, const struct references *references,
		   const struct network_namespace *namespace, struct owner_search *search,
		   struct table *ret)
{
	struct namespace_table *table = &ret->namespaces[ret->namespace_count];
	uint16_t owner;
	int error = owner_search_namespace(search, namespace, &owner);

	if (error < 0)
		return error;
	error = kernel_enter_namespace(context->kernel, namespace);

	/* A namespace that disappeared meanwhile is left out. */
	if (error == -ENOENT)
		return 0;
	ret->namespace_count++;
	*table = (struct namespace_table){.error = error};
	if (error == 0) {
		error = look_inside(context, references, table);
		if (error == 0)
			error = owner_search_addresses(search, owner);
		kernel_leave_namespace(context->kernel);
	} else {
		error = 0;
	}
	return error < 0 ? error
			 : namespace_describe_owner(namespace, search->owners, owner, table);
}

static enum exit_code give_up(struct context *context, int error)
{
	report_errno(context, "look at", "the other network namespaces", error);
	return EXIT_FAILED;
}

enum exit_code look_namespaces(struct context *context, const struct values *values,
			       struct owner_search *search, struct table *ret)
{
	struct network_namespaces CLEANUP(network_namespaces_done) others = {0};
	struct references CLEANUP(references_done) references = {0};
	int error;

	ret->namespaces_known = kernel_sees_host(context->kernel);
	if (!ret->namespaces_known)
		return EXIT_DONE;
	error = kernel_list_namespaces(context->kernel, &others);
	if (error < 0)
		return give_up(context, error);
	if (others.count == 0)
		return EXIT_DONE;
	error = references_find(context, values, true, &references);
	ret->namespaces = calloc(others.count, sizeof(*ret->namespaces));
	if (!ret->namespaces)
		error = -ENOMEM;
	for (size_t i = 0; i < others.count && error == 0; i++)
		error = look_at(context, &references, &others.items[i], search, ret);
	if (error < 0)
		return give_up(context, error);
	ret->namespaces_cut = others.cut;
	if (others.cut)
		report_message(
			context->report, SEVERITY_NOTE,
			"there are more than %d network namespaces; the others were not read",
			NAMESPACES_MAX);
	return EXIT_DONE;
}
