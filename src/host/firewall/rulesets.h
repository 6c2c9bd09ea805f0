/* The port to the firewall rules of this host's network namespaces: read, never changed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "model/users/uses.h"

/*
 * The most findings that the rules of one network namespace add, and those of all; further ones are
 * only counted.
 */
#define RULES_USES_MAX	      1024
#define RULES_USES_OF_ALL_MAX 2048

/*
 * The result of reading one network namespace, or the reason why some namespaces were not read at
 * all. -EPERM, -EACCES: this process may not read them; -EAGAIN: the rules changed each time they
 * were read; -EFBIG, -ETIME: there are more bytes, or reading them takes longer, than
 * host/firewall/rules-budget.h allows; -EMSGSIZE: the kernel did not hand out all rules; -E2BIG:
 * there are more than NAMESPACES_MAX namespaces; -ENODATA: nothing says whether this kernel has
 * nf_tables, and a question would load it; -EBADMSG: the rules are not understood; -ELIBACC,
 * -ELIBBAD: libmnl is not installed or too old.
 */
struct ruleset {
	/* "this host", "namespace NAME", "namespace of COMMAND (PID)" ... */
	const char *where;
	int error; /* 0: all of its rules were read */
	/* the namespace may have tables of iptables-legacy, whose rules are never read */
	bool legacy;
	bool tracks; /* entries is known */
	unsigned long entries;
};

/* Called once for each namespace. A negative errno ends the reading. */
struct ruleset_visitor {
	int (*visit)(void *data, const struct ruleset *ruleset);
	void *data;
};

/*
 * Adds the rules that need connection tracking to uses, one namespace after the other, the
 * process's own one first. The port has two bodies, and the linker chooses one: rulesets-live.c,
 * and tests/harness/rulesets-tree.c, where folders are namespaces. Loads nothing: nf_tables is
 * asked only if it is loaded. Without root only the own namespace is read. -ENOMEM; others as the
 * visitor.
 */
MUST_CHECK int rulesets_read(struct uses *uses, const struct ruleset_visitor *visitor);
