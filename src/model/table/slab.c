/* Reads the kernel's cache of entries from /proc/slabinfo. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "model/table/table.h"

/*
 * The columns of a line of version 2.x, as cache_show() of mm/slab_common.c prints them (4.18 to
 * 7.2).
 */
enum column {
	COLUMN_OBJECTS = 1,
	COLUMN_SIZE = 3,
	COLUMN_PER_SLAB,
	COLUMN_PAGES,
	COLUMN_SLABS = 14,
};

int slab_parse(const char *text, struct slab *ret)
{
	struct text_line line = {.next = text};
	uint64_t figures[COLUMN_SLABS + 1] = {0};
	struct slab slab = {.known = true};

	do
		if (!text_next_line(&line))
			return -ENOENT;
	while (!text_starts_with(line.text, "nf_conntrack "));
	for (int i = 0; i <= COLUMN_SLABS; i++) {
		struct text_word word = text_next_word(&line.text);

		/* A word between the figures counts as 0. */
		if (word.length == 0 ||
		    text_parse_number(word.text, word.length, UINT32_MAX, &figures[i]) < 0)
			figures[i] = 0;
	}
	if (figures[COLUMN_SIZE] == 0 || figures[COLUMN_PER_SLAB] == 0 ||
	    figures[COLUMN_PAGES] == 0)
		return -EBADMSG;
	/* The column includes the allocator's own data, so that both sizes are the same. */
	slab.object_size = figures[COLUMN_SIZE];
	slab.slab_size = figures[COLUMN_SIZE];
	slab.per_slab = figures[COLUMN_PER_SLAB];
	slab.objects = figures[COLUMN_OBJECTS];
	slab.slabs = figures[COLUMN_SLABS];
	for (uint64_t pages = figures[COLUMN_PAGES]; pages > 1; pages /= 2)
		slab.order++;
	*ret = slab;
	return 0;
}
