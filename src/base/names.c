/* A list of names that grows. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/names.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"

int names_add(struct names *names, const char *name)
{
	char *CLEANUP(free_pointer) copy = strdup(name);

	if (!copy || array_grow(&names->items, names->count, sizeof(copy)) < 0)
		return -ENOMEM;
	names->items[names->count++] = steal_pointer(&copy);
	return 0;
}

void names_done(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
	*names = (struct names){0};
}
