/* What to do about the table: at most three findings, each no more than its evidence says. */
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
	FINDING_HALF_OPEN,     /* handshakes of TCP that nobody finishes */
	FINDING_SHORTER_TIMEOUTS,
	FINDING_UNTRACKED, /* one port has most entries; no INI lines, the firewall is not ours */
	FINDING_HALF_NOTRACK, /* packets of one direction are tracked, those of the other are not */
	FINDING_DISABLE,      /* nothing uses conntrack */
	FINDING_NOT_IN_FORCE, /* the configuration would do, and the kernel does not have it */
};

enum urgency {
	URGENCY_NOTE,	  /* nothing is lost as it is */
	URGENCY_WARNING,  /* connections were dropped, or soon will be */
	URGENCY_CRITICAL, /* new connections are dropped now */
};

/* A line of the INI file. */
struct advised_setting {
	const struct schema_row *row;
	char value[24];	    /* as the INI file has it */
	struct figure live; /* the kernel's now, in the row's unit */
};

/* One; all texts are owned, without newlines at their ends. */
struct finding {
	enum finding_kind kind;
	enum urgency urgency;
	char *summary;	/* one line: what to set, from which value to which, and why */
	char *title;	/* one line: what is wrong */
	char *evidence; /* what was seen, with figures */
	char *reason;	/* why that helps, and what it costs or breaks */
	char *lines;	/* of the INI file, ready to be written; NULL: none */
	char *rules;	/* a file for nft(8) that leaves the traffic untracked; NULL: none */
	char *command;	/* what to run next; NULL: none */
	struct advised_setting settings[4]; /* of the lines */
	size_t setting_count;
};

struct findings {
	struct finding items[3]; /* the most urgent one first */
	size_t count;
};
void findings_done(struct findings *findings);

/* "larger-max", "more-buckets" ... */
const char *finding_kind_to_string(enum finding_kind kind);
/* "note", "warning", "critical" */
const char *urgency_to_string(enum urgency urgency);

/* Whether one of them sets this row of the schema. */
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
	uint64_t memory_limit;	 /* bytes a full table may take at most; 0: unknown */
	bool keeps_larger;	 /* max_policy = at_least is configured: others raise max */
	bool uses_known;	 /* somebody looked as root of the host, and could read all */
	size_t certain, likely;	 /* who uses conntrack */
	/*
	 * Microseconds since the epoch: when apply changed values last; what the kernel said before
	 * is of other values. 0: unknown.
	 */
	uint64_t applied;
};

/* The most urgent one first; none is a good answer. -ENOMEM. */
MUST_CHECK int advise(const struct advise_request *request, struct findings *ret);
