/*
 * Looks into the other network namespaces of this host: how many entries, and which settings
 * differ.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/look-namespaces.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "gather/facts.h"
#include "model/table/differing.h"
#include "steps/comparison.h"
#include "steps/error-words.h"

/* A key of a namespace is compared with this value. */
struct reference {
	char path[96];
	const char *key; /* name of the key; owned by the schema */
	char text[VALUE_TEXT_SIZE];
	bool wanted; /* the plan sets this value; else it is the host's live value */
};

struct references {
	struct reference *items;
	size_t count;
};

static void references_done(struct references *references)
{
	free(references->items);
}

static const struct value *find_value(const struct values *values, const struct schema_row *row)
{
	for (size_t i = 0; i < values->count; i++)
		if (values->items[i].row == row)
			return &values->items[i];
	return NULL;
}

/*
 * Lists the keys of which each namespace has its own value. A key that is neither planned nor has a
 * value on the host is left out. Negative errno.
 */
static int find_references(const struct context *context, const struct values *values,
			   struct references *ret)
{
	struct references references = {.items = calloc(schema_count, sizeof(*references.items))};

	if (!references.items)
		return -ENOMEM;
	for (size_t i = 0; i < schema_count; i++) {
		struct reference *reference = &references.items[references.count];
		const struct value *planned = find_value(values, &schema[i]);

		if (!schema_is_per_namespace(&schema[i]))
			continue;
		reference->key = schema[i].key;
		reference->wanted = planned != NULL;
		(void)snprintf(reference->path, sizeof(reference->path), PATH_PROC "/%s",
			       reference->key);
		if (planned)
			(void)snprintf(reference->text, sizeof(reference->text), "%" PRIu64,
				       planned->wanted);
		else if (kernel_read(context->kernel, reference->path, reference->text,
				     sizeof(reference->text)) < 0)
			continue;
		references.count++;
	}
	*ret = references;
	return 0;
}

static int compare_keys(const struct context *context, const struct references *references,
			struct namespace_table *table)
{
	struct differing CLEANUP(differing_done) differing = {0};

	for (size_t i = 0; i < references->count; i++) {
		const struct reference *reference = &references->items[i];
		char there[VALUE_TEXT_SIZE];

		if (kernel_read(context->kernel, reference->path, there, sizeof(there)) == 0 &&
		    text_is_plain(there) && strcmp(there, reference->text) != 0)
			differing_add(&differing, reference->key, there,
				      reference->wanted ? "wanted" : "here", reference->text);
	}
	table->differing = differing.count;
	return differing_finish(&differing, &table->differs);
}

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
	return compare_keys(context, references, table);
}

/*
 * Names the namespace: by the owner of its processes if that is a container, pod, machine or unit,
 * else by what it is. -ENOMEM.
 */
static int describe_namespace(const struct network_namespace *namespace,
			      const struct owners *owners, uint16_t owner,
			      struct namespace_table *table)
{
	struct buffer CLEANUP(buffer_clear) where = {0};
	const struct owner *known = owner == OWNER_NONE ? NULL : &owners->items[owner];

	if (known && known->kind != OWNER_PROCESS && known->kind != OWNER_NAMESPACE) {
		buffer_printf(&where, "%s ", owner_kind_to_string(known->kind));
		buffer_add_shown(&where, known->name, strlen(known->name));
	} else {
		network_namespace_describe(namespace, &where);
	}
	return buffer_steal(&where, &table->where, NULL);
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
	return error < 0 ? error : describe_namespace(namespace, search->owners, owner, table);
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
	error = find_references(context, values, &references);
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
