/* The scalars of a YAML or JSON text, each with its path of keys and its line. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/sources/yaml-scalars.h"

#include <string.h>

void yaml_scalars_done(struct yaml_scalars *scalars)
{
	for (size_t i = 0; i < scalars->count; i++) {
		free(scalars->items[i].path);
		free(scalars->items[i].value);
	}
	free(scalars->items);
	*scalars = (struct yaml_scalars){0};
}

const struct yaml_scalar *yaml_scalars_find(const struct yaml_scalars *scalars,
					    unsigned int document, const char *path)
{
	for (size_t i = 0; i < scalars->count; i++)
		if (scalars->items[i].document == document &&
		    strcmp(scalars->items[i].path, path) == 0)
			return &scalars->items[i];
	return NULL;
}
