/* The objects that a run works on, and the exit statuses. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "gather/gathering.h"
#include "host/files/tree.h"
#include "host/kernel/kernel.h"
#include "host/signals.h"
#include "host/systemd/bus.h"
#include "report/report.h"
#include "steps/options.h"

/*
 * 1 and 2 follow diff-like tools and configuration managers, the two errors of the user follow
 * sysexits.h.
 */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_DIFFERS = 2,
	EXIT_REFUSED = 3,
	EXIT_COMMAND_LINE = 64,
	EXIT_CONFIG = 78,
};

struct context {
	const struct options *options;
	struct tree *tree;
	struct kernel *kernel;
	struct bus *bus;
	struct report *report;
	struct held_signals *signals;
	struct gathering gathering;
	bool watching; /* the timer's service runs check: see steps/drift-timer.h */
	/* conntrack-persist-namespaces.service runs apply: see steps/apply-namespaces.c */
	bool lingers;
};
