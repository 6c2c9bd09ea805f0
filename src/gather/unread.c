/* Lists the sources that a run could not read, each name once. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gather/unread.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static void source_done(struct unread_source *source)
{
	free_const(source->name);
	free_const(source->reason);
}

void unread_done(struct unread *unread)
{
	for (size_t i = 0; i < unread->count; i++)
		source_done(&unread->items[i]);
	free(unread->items);
	text_set_done(&unread->names);
	*unread = (struct unread){0};
}

static int append_source(struct unread *unread, const struct unread_source *source)
{
	struct unread_source copy = *source;

	if (array_grow(&unread->items, unread->count, sizeof(copy)) < 0)
		return -1;
	copy.name = strdup(source->name);
	copy.reason = source->reason ? strdup(source->reason) : NULL;
	if (!copy.name || (source->reason && !copy.reason)) {
		source_done(&copy);
		return -1;
	}
	unread->items[unread->count++] = copy;
	return 0;
}

void unread_add(struct unread *unread, const struct unread_source *source)
{
	int noted = text_set_add(&unread->names, "", source->name);

	unread->calls++;
	if (noted < 0 || (noted > 0 && append_source(unread, source) < 0))
		unread->out_of_memory = true;
}
