/* Shared by the advise*.c files: pressure on the table, memory, and findings in the making. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/buffer.h"
#include "model/table/advise.h"

enum pressure {
	PRESSURE_NONE,
	/* the kernel logged a full table, and max has not been changed since, as far as known */
	PRESSURE_WAS_FULL,
	PRESSURE_NEARLY, /* over 80 % of max is in use */
	PRESSURE_FULL,
};

/* Whether a larger table can be advised. */
enum room {
	ROOM,
	ROOM_NO_MEMORY,	  /* no: memory_limit */
	ROOM_NONE_LARGER, /* no: the table is as large as this program advises */
};

struct advice {
	const struct advise_request *request;
	enum pressure pressure;
	uint64_t peak;	   /* the entries of the fullest table under pressure */
	const char *where; /* the network namespace of that table; NULL: this process's own */
	/* whether another namespace is under pressure, whose entries were not counted */
	bool elsewhere;
	enum room room;
	bool room_told;
	uint64_t larger; /* the max to advise if there is pressure and room; else 0 */
	/* whether the planned value would help and is not active */
	bool max_waits, hashsize_waits;
	bool timeouts_wait;
	bool half_open,
		/*
		 * whether most entries are of that kind, so that they have a finding of their own
		 */
		half_notrack;
	struct findings findings;
	int error;
};

/* A finding in the making: texts that grow. Release with draft_done(). */
struct draft {
	enum finding_kind kind;
	enum urgency urgency;
	/* summary has only the reason; the settings are put before it. */
	struct buffer summary, title, evidence, reason, rules;
	struct buffer changes; /* "max 2,000 -> 8,192" */
	struct advised_setting settings[4];
	size_t setting_count;
	const char *command; /* not owned; NULL: none */
};

/*
 * Moves the texts into a finding and keeps the findings ordered by urgency. A less urgent finding
 * beyond the third is dropped. A failure is in advice->error.
 */
void advice_add(struct advice *advice, struct draft *draft);

/* Adds a line of the INI file. The schema must have the setting. */
void draft_set(struct draft *draft, const char *section, const char *name, struct figure live,
	       const char *format, ...) PRINTF_LIKE(5, 6);
/* Adds "NAME LIVE -> VALUE" to the summary. unit: the text behind both numbers, with its blank. */
void draft_show_change(struct draft *draft, const char *name, struct figure live, uint64_t value,
		       const char *unit);

/* Adds nft rules that leave a port untracked, in both directions. */
void draft_set_rules(struct draft *draft, const char *protocol, unsigned int port);

/* Returns critical while the table is full, else warning. */
enum urgency advice_urgency(const struct advice *advice);

/* Returns whether the counted entries are those of the table under pressure. */
bool advice_knows_entries(const struct advice *advice);

/* Adds "1 entry" or "2,000 entries". */
void advice_add_count(struct buffer *b, uint64_t count, const char *one, const char *many);

/* Adds "1,600 of 2,000 entries (80 %)". */
void advice_add_part(struct buffer *b, uint64_t part, uint64_t whole);

/* Adds "2,000 of 2,048 entries are in use". */
void advice_add_use(struct buffer *b, uint64_t entries, uint64_t max);

/* Adds a blank and how many entries were refused over long chains; adds nothing for none. */
void advice_add_refused(const struct counters *counters, const char *how, struct buffer *b);

/* Adds sentences: how full the table is, how often the kernel logged that, and what was dropped. */
void advice_add_pressure(const struct advice *advice, struct buffer *b);

/* Adds a blank and the reason why no larger table is advised; adds nothing if there is room. */
void advice_add_room(struct advice *advice, struct buffer *b);

/* Returns the part in percent of the whole, rounded down. */
uint64_t advice_percent(uint64_t part, uint64_t whole);

/*
 * Judges the pressure and what may be advised, then adds the findings about sizes (advise-sizes.c).
 */
void advice_judge_sizes(struct advice *advice);
/*
 * Notes that another finding removes so many entries. If the rest has room enough, no larger max is
 * advised.
 */
void advice_leave_out(struct advice *advice, uint64_t entries);
void advice_larger_max(struct advice *advice);
void advice_not_in_force(struct advice *advice);
/* Rounds up to a power of two. No number here comes near the largest one. */
uint64_t advice_power_up(uint64_t number);
/*
 * Returns the bytes of a full table with max entries and as many buckets; the second function
 * returns the most that a table may take, or UINT64_MAX if unknown.
 */
uint64_t advice_full_bytes(const struct advise_request *request, uint64_t max);
uint64_t advice_limit_bytes(const struct advise_request *request);
/* Returns the largest power of two up to this one whose table fits in memory. */
uint64_t advice_fitting(const struct advise_request *request, uint64_t power);
/* Returns whether chains are, were or will soon be too long. */
bool advice_chains_matter(const struct advise_request *request);
/* Adds the lines for a table of this max or, in a container, says who can set them. */
void advice_set_sizes(const struct advise_request *request, uint64_t max, struct draft *draft);
/* Adds a blank and the memory that such a table takes in one network namespace. */
void advice_add_cost(const struct advise_request *request, uint64_t max, struct buffer *b);

/* Adds findings about too few buckets or a table that is far too large (advise-buckets.c). */
void advice_more_buckets(struct advice *advice);
void advice_smaller_table(struct advice *advice);

/* Adds findings about entries that stay for a long time (advise-timeouts.c). */
void advice_judge_timeouts(struct advice *advice);
void advice_half_open_handshakes(struct advice *advice);
void advice_shorter_timeouts(struct advice *advice);

/* Adds a finding if another program has set a value (advise-writers.c). */
void advice_other_writer(struct advice *advice);

/* Adds findings about ports that have most entries (advise-ports.c). */
void advice_judge_ports(struct advice *advice);
void advice_half_notrack_pair(struct advice *advice);
void advice_untracked(struct advice *advice);
