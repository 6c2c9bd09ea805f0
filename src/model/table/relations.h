/* Relations of this host's programs to timeouts: which configured value breaks which of them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/problems.h"
#include "model/plan/plan.h"

enum relation_kind {
	/* WireGuard sends a packet after this silence, so that NAT and firewalls keep its entry. */
	RELATION_KEEPALIVE,
	/* A proxy keeps a connection that one side has closed for this long. */
	RELATION_HALF_CLOSED,
	/* A resolver waits for an answer for this long. */
	RELATION_RESOLVER,
	/* The address of a deleted pod is given to another pod after this time. */
	RELATION_ADDRESS_REUSE,
	RELATION_KINDS,
};

/* The size of the words of a line; longer ones are cut. */
#define RELATION_WORDS_SIZE 64

/* A line of a file that says how long something takes. */
struct relation_line {
	unsigned int line; /* 0: no line says it, because it is the program's default */
	uint64_t seconds;  /* 0: the file says nothing of the kind */
	char words[RELATION_WORDS_SIZE]; /* the line, such as "PersistentKeepalive = 25" */
};

struct relation {
	enum relation_kind kind;
	char *path; /* owned */
	struct relation_line found;
};

/* Start with {0}. Of each kind the one that is broken first is kept, so that it has a bound. */
struct relations {
	struct relation items[RELATION_KINDS];
	size_t count;
};
void relations_done(struct relations *relations);

/* Notes what the file says, unless it is nothing. -ENOMEM. */
MUST_CHECK int relations_note(struct relations *relations, enum relation_kind kind,
			      const char *path, const struct relation_line *found);

/* Returns whether a relation of this kind is about a timeout that the plan sets. plan: not NULL. */
bool relation_concerns(enum relation_kind kind, const struct plan *plan);

/*
 * Warns of each timeout of the plan that breaks a relation, with the line to write. A timeout of 0
 * has a warning of its own.
 */
void relations_judge(const struct relations *relations, const struct plan *plan,
		     struct problems *problems);

/*
 * Returns the shortest timeout, in seconds, of this name in [timeouts] that breaks no relation; 0:
 * any.
 */
uint64_t relations_least(const struct relations *relations, const char *name);
