/* Advises what to do about the table: at most three findings, each with its evidence. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "model/plan/plan.h"
#include "model/table/table.h"

enum finding_kind {
	FINDING_LARGER_MAX,
	FINDING_MORE_BUCKETS,
	FINDING_SMALLER_TABLE, /* max or the buckets are far more than the entries need */
	FINDING_HALF_OPEN,     /* TCP handshakes that are never finished */
	FINDING_SHORTER_TIMEOUTS,
	/* one port has most entries; no INI lines, because the firewall must be changed */
	FINDING_UNTRACKED,
	/* packets of one direction are tracked, those of the other are not */
	FINDING_HALF_NOTRACK,
	FINDING_DISABLE,      /* nothing uses conntrack */
	FINDING_OTHER_WRITER, /* the witness has seen who set a value that differs */
	FINDING_NOT_IN_FORCE, /* the configuration is large enough, but has not been applied */
};

enum urgency {
	URGENCY_NOTE,	  /* nothing is lost */
	URGENCY_WARNING,  /* connections were dropped, or soon will be */
	URGENCY_CRITICAL, /* new connections are dropped now */
};

/* A line of the INI file. */
struct advised_setting {
	const struct schema_row *row;
	char value[24];	    /* as the INI file has it */
	struct figure live; /* the kernel's value now, in the unit of the row */
};

/* One finding. All texts are owned and have no newline at their ends. */
struct finding {
	enum finding_kind kind;
	enum urgency urgency;
	char *summary;	/* one line: what to set, from which value to which, and why */
	char *title;	/* one line: what is wrong */
	char *evidence; /* the figures that show it */
	char *reason;	/* why the change helps, and what it costs or breaks */
	char *lines;	/* lines for the INI file; NULL: none */
	char *rules;	/* a file for nft(8) that leaves the traffic untracked; NULL: none */
	char *command;	/* the command to run next; NULL: none */
	struct advised_setting settings[4]; /* the settings in `lines` */
	size_t setting_count;
};

struct findings {
	struct finding items[3]; /* the most urgent one first */
	size_t count;
};
void findings_done(struct findings *findings);

/* Returns "larger-max", "more-buckets" ... */
const char *finding_kind_to_string(enum finding_kind kind);
/* Returns "note", "warning" or "critical". */
const char *urgency_to_string(enum urgency urgency);

/* Returns whether a finding sets this row of the schema. */
bool findings_set(const struct findings *findings, const struct schema_row *row);

/*
 * All lines of the findings as one INI file: each section once, and each key once. What drop_in
 * sets is kept as it is written there, unless a finding sets it; drop_in may be NULL. Adds nothing
 * where there is no line.
 */
void findings_add_ini(const struct findings *findings, const struct config *drop_in,
		      struct buffer *b);

struct advise_request {
	const struct table *table;
	const struct judgement *judgement;
	const struct plan *plan; /* NULL: no configuration could be read */
	uint64_t memory_limit;	 /* bytes that a full table may take; 0: unknown */
	/* whether max_policy = at_least is configured, so that other sources may raise max */
	bool keeps_larger;
	bool no_addresses; /* whether addresses are left out of the texts */
	bool uses_known;   /* whether all users of conntrack could be read, as root of the host */
	size_t certain, likely; /* how many users of conntrack were found */
	/*
	 * When apply last changed a value (microseconds since the epoch, 0 if unknown). Older
	 * kernel messages are about the previous values and are ignored.
	 */
	uint64_t applied;
};

/*
 * Sets the timeouts that may be advised as table->cutoffs, before the entries are counted. The live
 * timeouts and `relations` must be known by then. -ENOMEM.
 */
MUST_CHECK int advise_set_cutoffs(struct table *table, uint64_t seed);

/*
 * Makes the findings, the most urgent one first; there may be none. Release with findings_done().
 * Returns -ENOMEM.
 */
MUST_CHECK int advise(const struct advise_request *request, struct findings *ret);
