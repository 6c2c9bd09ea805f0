/* The port to the firewall rules of this host's network namespaces: read, never changed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* A table of iptables-legacy, as the kernel hands it out; see uses_of_xtables(). */
struct legacy_table {
	bool ipv6;
	char name[32];
	unsigned char *entries;
	size_t size;
};

/* What one network namespace has. */
struct ruleset {
	char *where; /* "" for the own one, else "namespace NAME" or "namespace of COMMAND (PID)" */
	int error; /* why it could not be entered or its rules not be read, else 0; -ELIBACC: no libnftables */
	char *nft; /* "list ruleset" in JSON; NULL: nf_tables is not loaded, or see error */
	struct legacy_table *tables;
	size_t table_count;
	bool tracks; /* entries is known */
	unsigned long entries;
};

struct rulesets {
	struct ruleset *items; /* the own one first */
	size_t count;
};
void rulesets_done(struct rulesets *rulesets);
void ruleset_done(struct ruleset *ruleset);

/*
 * Two bodies, chosen by the linker: rulesets-live.c and tests/harness/rulesets-tree.c, where folders are namespaces.
 * Nothing is loaded by it: nft and iptables are asked only where their modules are there. Without being root only the own
 * namespace is entered. -ENOMEM; what cannot be read is told by each one's error.
 */
MUST_CHECK int rulesets_read(struct rulesets *ret);
