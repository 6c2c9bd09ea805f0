/*
 * Compares the keys of a network namespace with what is configured, and names the namespace, for
 * all that look into other namespaces.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/owners.h"
#include "model/runtime/runtime-values.h"
#include "model/table/table.h"
#include "steps/context.h"

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
void references_done(struct references *references);

/*
 * Lists the keys of which each namespace has its own value: those that the plan sets, and, if
 * host_too, also those that have a live value on the host. -ENOMEM.
 */
MUST_CHECK int references_find(const struct context *context, const struct values *values,
			       bool host_too, struct references *ret);

/*
 * Compares the keys of the namespace that this process has entered; sets the members of *table
 * about values that differ. A key that the namespace lacks does not differ. -ENOMEM.
 */
MUST_CHECK int references_compare(const struct context *context,
				  const struct references *references,
				  struct namespace_table *table);

/*
 * Names the namespace in table->where: by the owner of its processes if that is a container, pod,
 * machine or unit, else by what it is. -ENOMEM.
 */
MUST_CHECK int namespace_describe_owner(const struct network_namespace *namespace,
					const struct owners *owners, uint16_t owner,
					struct namespace_table *table);
