/* What to do about the table: at most three findings, each no more than its evidence says. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "model/plan.h"
#include "model/table.h"

enum finding_kind {
	FINDING_LARGER_MAX,
	FINDING_MORE_BUCKETS,
	FINDING_SHORTER_TIMEOUTS,
	FINDING_UNTRACKED, /* traffic that need not be tracked; no INI lines, the firewall is not ours */
	FINDING_DISABLE,      /* nothing uses conntrack */
	FINDING_NOT_IN_FORCE, /* the configuration would do, and is not what the kernel has */
};

/* One; all texts are owned, without newlines at their ends. */
struct finding {
	enum finding_kind kind;
	char *title;	/* one line */
	char *evidence; /* what was seen, with figures */
	char *reason;	/* why that helps, and what it costs or breaks */
	char *lines;	/* of the INI file, ready to be written; NULL: none */
	char *command;	/* what to run next; NULL: none */
};

struct findings {
	struct finding items[3];
	size_t count;
};
void findings_done(struct findings *findings);

/* "larger-max", "more-buckets" ... */
const char *finding_word(enum finding_kind kind);

struct advise_request {
	const struct table *table;
	const struct judgement *judgement;
	const struct plan *plan; /* NULL: no configuration could be read */
	uint64_t memory_limit;	 /* bytes a full table may take at most; 0: unknown */
	bool uses_known;	 /* somebody looked as root of the host, and could read all */
	size_t certain, likely;	 /* who uses conntrack */
	/*
	 * Microseconds since the epoch: when apply changed values last; what the kernel said before is of other values.
	 * 0: unknown.
	 */
	uint64_t applied;
};

/* The most urgent one first; none is a good answer. -ENOMEM. */
MUST_CHECK int advise(const struct advise_request *request, struct findings *ret);
