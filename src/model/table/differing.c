/* Describes the values that differ in another network namespace: three by name, then a number. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table/differing.h"

#include <string.h>

#include "base/text.h"

#define NAMED 3

void differing_done(struct differing *differing)
{
	buffer_clear(&differing->text);
	*differing = (struct differing){0};
}

static const char *short_name(const char *key)
{
	static const char *const prefixes[] = {"nf_conntrack_", "nf_"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (text_starts_with(key, prefixes[i]))
			return key + strlen(prefixes[i]);
	return key;
}

void differing_add(struct differing *differing, const char *key, const char *there,
		   const char *word, const char *other)
{
	if (differing->count++ >= NAMED)
		return;
	buffer_printf(&differing->text, "%s%s ", differing->count == 1 ? "" : ", ",
		      short_name(key));
	buffer_add_number(&differing->text, there);
	buffer_printf(&differing->text, " (%s ", word);
	buffer_add_number(&differing->text, other);
	buffer_add(&differing->text, ")");
}

int differing_finish(struct differing *differing, char **ret)
{
	if (differing->count == 0) {
		*ret = NULL;
		return 0;
	}
	if (differing->count > NAMED)
		buffer_printf(&differing->text, ", and %zu more", differing->count - NAMED);
	return buffer_steal(&differing->text, ret, NULL);
}
