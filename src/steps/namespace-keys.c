/*
 * Compares the keys of a network namespace with what is configured, and names the namespace, for
 * all that look into other namespaces.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "steps/namespace-keys.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/table/differing.h"

void references_done(struct references *references)
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

int references_find(const struct context *context, const struct values *values, bool host_too,
		    struct references *ret)
{
	struct references references = {.items = calloc(schema_count, sizeof(*references.items))};

	if (!references.items)
		return -ENOMEM;
	for (size_t i = 0; i < schema_count; i++) {
		struct reference *reference = &references.items[references.count];
		const struct value *planned = find_value(values, &schema[i]);

		if (!schema_is_per_namespace(&schema[i]) || (!planned && !host_too))
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

int references_compare(const struct context *context, const struct references *references,
		       struct namespace_table *table)
{
	struct differing CLEANUP(differing_done) differing = {0};

	for (size_t i = 0; i < references->count; i++) {
		const struct reference *reference = &references->items[i];
		char there[VALUE_TEXT_SIZE];

		if (kernel_read(context->kernel, reference->path, there, sizeof(there)) < 0 ||
		    !text_is_plain(there) || strcmp(there, reference->text) == 0)
			continue;
		table->unlike += reference->wanted;
		differing_add(&differing, reference->key, there,
			      reference->wanted ? "wanted" : "here", reference->text);
	}
	table->differing = differing.count;
	return differing_finish(&differing, &table->differs);
}

int namespace_describe_owner(const struct network_namespace *namespace, const struct owners *owners,
			     uint16_t owner, struct namespace_table *table)
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
