/* What the parts of model/advise share: how full the table is, what memory allows, findings in the making. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/advise.h"

enum pressure {
	PRESSURE_NONE,
	PRESSURE_WAS_FULL, /* the kernel said so, and nobody changed max since, as far as is known */
	PRESSURE_NEARLY,   /* over 80 % of max */
	PRESSURE_FULL,
};

/* Whether a larger table can be advised. */
enum room {
	ROOM,
	ROOM_NO_MEMORY,	  /* memory_limit */
	ROOM_NONE_LARGER, /* it is as large as this program advises at all */
};

struct advice {
	const struct advise_request *request;
	enum pressure pressure;
	uint64_t peak;	   /* entries of the fullest table, where there is pressure */
	const char *where; /* whose that is; NULL: this network namespace's own */
	bool elsewhere;	   /* the trouble is another namespace's, whose entries were not counted */
	enum room room;
	bool room_told;
	uint64_t larger; /* max to advise, where there is pressure and room; else 0 */
	bool max_waits, hashsize_waits; /* the plan's helps, and is not in force */
	bool timeouts_wait;
	struct findings findings;
	int error;
};

/* One in the making: texts grow, and what is not the reader's business is not added. */
struct draft {
	enum finding_kind kind;
	struct buffer title, evidence, reason, lines;
	const char *command; /* not owned; NULL: none */
};

/* Moves the texts; a finding beyond the third is dropped. What fails is in advice->error. */
void advice_add(struct advice *advice, struct draft *draft);

/* "1 entry", "2 entries". */
void advice_add_count(struct buffer *b, uint64_t count, const char *one, const char *many);

/* "2000 of 2048 entries are in use" */
void advice_add_use(struct buffer *b, uint64_t entries, uint64_t max);

/* Whole sentences: how full, how often the kernel said so, what was dropped. */
void advice_add_pressure(const struct advice *advice, struct buffer *b);

/* Why there is no larger table among the findings, with a blank before; nothing where there is room. */
void advice_add_room(struct advice *advice, struct buffer *b);

/* Parts of the whole in percent, rounded down. */
uint64_t advice_percent(uint64_t part, uint64_t whole);

/* Sizes (advise-sizes.c): how full it is and what may be advised, then the findings. */
void advice_judge_sizes(struct advice *advice);
void advice_larger_max(struct advice *advice);
void advice_more_buckets(struct advice *advice);
void advice_not_in_force(struct advice *advice);

/* Who fills the table (advise-traffic.c). */
void advice_judge_timeouts(struct advice *advice);
void advice_shorter_timeouts(struct advice *advice);
void advice_untracked(struct advice *advice);
