/* The rows of the screen, shared by render-table.c and its parts. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/render/screen.h"

/*
 * The ranks of rows. If there are too few lines, the row with the highest rank is left out first.
 * Entries, drops and the verdict always stay.
 */
enum rank {
	RANK_STAYS,
	RANK_FORECAST,
	RANK_OWNERS,
	RANK_SOURCES,
	RANK_BUCKETS,
	RANK_MESSAGES,
	RANK_NOW,
	RANK_TURNOVER,
	RANK_MEMORY,
	RANK_PORTS,
	RANK_FORWARDS,
	RANK_STATES,
	RANK_PROTOCOLS,
	RANK_IDLE,
	RANK_REMAINING,
	RANK_CHANGED,
	RANK_CONFIGURED,
	RANK_LIMIT,
	RANK_NAMESPACES,
	RANK_HISTORY,
	RANK_NOT_SHOWN,
	RANK_HOST,
};

/*
 * In render-table-time.c: adds a moment in local time, with the date if that is not today; then
 * what --watch knows.
 */
void add_moment(struct buffer *b, uint64_t when, uint64_t now);
void add_now(struct screen *screen, const struct table *table, const struct history *history);
/* Adds when the table will be full, if that can be foretold; history NULL: by the record. */
void add_forecast(struct screen *screen, const struct table *table, const struct history *history);
/* Adds how many entries come and go, if an earlier look showed it. */
void add_turnover(struct screen *screen, const struct table *table, const struct history *history);
void add_history(struct screen *screen, const struct history *history);
/* Adds the name of the host and the time of the look. */
void add_host(struct screen *screen, const struct table *table);

/* In render-table-drops.c: adds what was dropped, and what the kernel logged about it. */
void add_dropped(struct screen *screen, const struct table *table,
		 const struct judgement *judgement);
void add_messages(struct screen *screen, const struct table *table);

/* In render-table-holders.c: adds who holds the entries. */
void add_holders(struct screen *screen, const struct table *table);

/* In render-table-contents.c: adds the entries by kind, and when they expire. */
void add_kinds(struct screen *screen, const struct table *table);
void add_times(struct screen *screen, const struct table *table);

/*
 * In render-table-around.c: adds other network namespaces, the configuration, who wrote another
 * value than the configured one, and what could not be read.
 */
void add_namespaces(struct screen *screen, const struct table *table);
void add_configured(struct screen *screen, const struct table *table);
void add_changed(struct screen *screen, const struct table *table);
void add_not_shown(struct screen *screen, const struct table *table);
