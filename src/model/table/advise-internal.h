/* What the parts of model/advise share: pressure, memory, findings in the making. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/table/advise.h"

enum pressure {
	PRESSURE_NONE,
	PRESSURE_WAS_FULL, /* the kernel logged it, and no known change of max came after */
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
	bool half_open,
		half_notrack; /* most entries are of that kind, and have a finding of their own */
	struct findings findings;
	int error;
};

/* One in the making: texts grow, and what is not the reader's business is not added. */
struct draft {
	enum finding_kind kind;
	enum urgency urgency;
	/* summary: only why; what to set is put before it. */
	struct buffer summary, title, evidence, reason, rules;
	struct buffer changes; /* "max 2,000 -> 8,192" */
	struct advised_setting settings[4];
	size_t setting_count;
	const char *command; /* not owned; NULL: none */
};

/*
 * Moves the texts, and keeps the order by urgency; a less urgent finding beyond the third is
 * dropped. What fails is in advice->error.
 */
void advice_add(struct advice *advice, struct draft *draft);

/* A line of the INI file; the setting must be one of the schema. */
void draft_set(struct draft *draft, const char *section, const char *name, struct figure live,
	       const char *format, ...) PRINTF_LIKE(5, 6);
/* "NAME LIVE -> VALUE" for the summary; unit: what stands behind both, with its blank. */
void draft_show_change(struct draft *draft, const char *name, struct figure live, uint64_t value,
		       const char *unit);

/* Rules for nft that leave a port out of the table, in both directions. */
void draft_set_rules(struct draft *draft, const char *protocol, unsigned int port);

/* Critical while the table is full, else a warning. */
enum urgency advice_urgency(const struct advice *advice);

/* Whether the entries that were counted are those that are in the way. */
bool advice_knows_entries(const struct advice *advice);

/* "1 entry", "2,000 entries". */
void advice_add_count(struct buffer *b, uint64_t count, const char *one, const char *many);

/* "1,600 of 2,000 entries (80 %)" */
void advice_add_part(struct buffer *b, uint64_t part, uint64_t whole);

/* "2,000 of 2,048 entries are in use" */
void advice_add_use(struct buffer *b, uint64_t entries, uint64_t max);

/* Whole sentences: how full, how often the kernel said so, what was dropped. */
void advice_add_pressure(const struct advice *advice, struct buffer *b);

/*
 * Why there is no larger table among the findings, with a blank before; nothing where there is
 * room.
 */
void advice_add_room(struct advice *advice, struct buffer *b);

/* Parts of the whole in percent, rounded down. */
uint64_t advice_percent(uint64_t part, uint64_t whole);

/* Sizes (advise-sizes.c): how full it is and what may be advised, then the findings. */
void advice_judge_sizes(struct advice *advice);
/*
 * Another finding gets rid of so many entries: if the rest has room enough, no larger max is
 * advised.
 */
void advice_leave_out(struct advice *advice, uint64_t entries);
void advice_larger_max(struct advice *advice);
void advice_not_in_force(struct advice *advice);
/* Up to a power of two; nothing here comes near the largest there is. */
uint64_t advice_power_up(uint64_t number);
/*
 * Bytes of a full table of max entries and as many buckets; the most that it may take, UINT64_MAX:
 * nobody knows.
 */
uint64_t advice_full_bytes(const struct advise_request *request, uint64_t max);
uint64_t advice_limit_bytes(const struct advise_request *request);
/* The largest power of two up to this one that fits in memory. */
uint64_t advice_fitting(const struct advise_request *request, uint64_t power);
/* Whether chains are, were or will soon be too long. */
bool advice_chains_matter(const struct advise_request *request);
/* The lines for a table of this max, or, in a container, who may set them. */
void advice_set_sizes(const struct advise_request *request, uint64_t max, struct draft *draft);
/* What such a table takes; of one network namespace. A blank comes before. */
void advice_add_cost(const struct advise_request *request, uint64_t max, struct buffer *b);

/* Too few buckets, or a table that is far too large (advise-buckets.c). */
void advice_more_buckets(struct advice *advice);
void advice_smaller_table(struct advice *advice);

/* Entries that stay for long (advise-timeouts.c). */
void advice_judge_timeouts(struct advice *advice);
void advice_half_open_handshakes(struct advice *advice);
void advice_shorter_timeouts(struct advice *advice);

/* Ports that have most entries (advise-ports.c). */
void advice_judge_ports(struct advice *advice);
void advice_half_notrack_pair(struct advice *advice);
void advice_untracked(struct advice *advice);
