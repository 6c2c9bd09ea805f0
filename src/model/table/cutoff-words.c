/* Says in words how many live entries a shorter timeout concerns, and whose they are. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "model/table/cutoffs.h"
#include "model/table/holder-words.h"

/* A holder is named from this share of the silent entries on, in tenths of a percent. */
#define NAMED_SHARE 50U

static void add_holders(const struct cutoff *cutoff, const struct cutoff_holder *items,
			size_t count, bool hide, struct buffer *b)
{
	uint64_t rest = cutoff->silent;
	size_t addresses = 0;

	if (count > 0 && share_tenths(items[0].entries, rest) < NAMED_SHARE) {
		buffer_add(b, ", of many holders, none of which has 5 %");
		return;
	}
	while (count > 0 && share_tenths(items[count - 1].entries, rest) < NAMED_SHARE)
		count--;
	for (size_t i = 0; i < count; i++) {
		buffer_add_counted(b, i == 0 ? ": " : ", ", items[i].entries, " of ");
		if (items[i].owner)
			owner_add_name(b, items[i].owner);
		else
			holder_add_address(b, &items[i].address, false, hide, ++addresses);
		rest -= items[i].entries < rest ? items[i].entries : rest;
	}
	if (count > 0 && rest > 0)
		buffer_add_counted(b, ", ", rest, " of others");
}

int cutoff_describe(const struct cutoff *cutoff, const struct holders *holders, bool hide,
		    struct buffer *b)
{
	struct cutoff_holder items[CUTOFF_HOLDERS];
	size_t count;
	int error = cutoff_top(cutoff, holders, items, ARRAY_SIZE(items), &count);

	if (error < 0)
		return error;
	if (cutoff->entries == 0) {
		buffer_add(b, "no entry has this timeout now");
		return b->error;
	}
	buffer_add_count(b, cutoff->entries);
	buffer_add(b, cutoff->entries == 1 ? " entry has" : " entries have");
	buffer_add(b, " this timeout; ");
	if (cutoff->silent > 0)
		buffer_add_count(b, cutoff->silent);
	else
		buffer_add(b, "none");
	buffer_add(b, cutoff->silent > 1 ? " of them were" : " of them was");
	buffer_add_counted(b, " silent for more than ", cutoff->shorter, " s");
	add_holders(cutoff, items, count, hide, b);
	if (cutoff->unclear > 0)
		buffer_add_counted(b, "; unknown for ", cutoff->unclear, " of them");
	return b->error;
}
