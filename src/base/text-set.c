/* A set of texts: the keys of a JSON object, whose hash has a seed that nobody can foresee. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/text-set.h"

#include <errno.h>

#include "base/buffer.h"

int text_set_add(struct text_set *set, const char *prefix, const char *text)
{
	struct buffer CLEANUP(buffer_clear) key = {0};

	buffer_printf(&key, "%s%s", prefix, text);
	if (!set->members)
		set->members = json_object();
	if (!key.data || !set->members)
		return -ENOMEM;
	if (json_object_get(set->members, key.data))
		return 0;
	/* A path need not be UTF-8. */
	return json_object_set_new_nocheck(set->members, key.data, json_true()) < 0 ? -ENOMEM : 1;
}

int text_set_has(const struct text_set *set, const char *prefix, const char *text)
{
	struct buffer CLEANUP(buffer_clear) key = {0};

	buffer_printf(&key, "%s%s", prefix, text);
	if (!key.data)
		return -ENOMEM;
	return json_object_get(set->members, key.data) != NULL;
}

void text_set_done(struct text_set *set)
{
	json_decref(set->members);
	set->members = NULL;
}
