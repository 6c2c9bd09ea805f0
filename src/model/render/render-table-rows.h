/* What render-table.c and its parts share: the rows of the screen. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/render/screen.h"

/* In this order rows go where lines are few, the last one first; entries, drops and the verdict stay. */
enum rank {
	RANK_STAYS,
	RANK_BUCKETS,
	RANK_MESSAGES,
	RANK_NOW,
	RANK_MEMORY,
	RANK_STATES,
	RANK_PROTOCOLS,
	RANK_IDLE,
	RANK_REMAINING,
	RANK_CONFIGURED,
	RANK_LIMIT,
	RANK_NAMESPACES,
	RANK_HISTORY,
	RANK_NOT_SHOWN,
};

/* render-table-time.c: a moment in local time, with the date where that is another day than now; what --watch knows. */
void add_moment(struct buffer *b, uint64_t when, uint64_t now);
void add_now(struct screen *screen, const struct table *table, const struct history *history);
void add_history(struct screen *screen, const struct history *history);

/* render-table-drops.c: what was dropped, and what the kernel said of it. */
void add_dropped(struct screen *screen, const struct table *table,
		 const struct judgement *judgement);
void add_messages(struct screen *screen, const struct table *table);

/* render-table-contents.c: the entries by what they are. */
void add_contents(struct screen *screen, const struct table *table);

/* render-table-around.c: other network namespaces, the configuration, and what was out of reach. */
void add_namespaces(struct screen *screen, const struct table *table);
void add_configured(struct screen *screen, const struct table *table);
void add_not_shown(struct screen *screen, const struct table *table);
