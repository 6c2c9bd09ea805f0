/* What a verb is given and gives back; one record per verb. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "gather/observe.h"
#include "host/files/tree.h"
#include "host/kernel/kernel.h"
#include "host/signals.h"
#include "host/systemd/bus.h"
#include "model/config/config.h"
#include "model/plan/plan.h"
#include "options.h"
#include "report/report.h"

/* sysexits.h for the two that are errors of the user; 2 as diff-like tools and configuration managers expect. */
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
	bool watching; /* check is run by the timer's service: see steps/drift-timer.h */
};

enum verb_flags {
	VERB_CHANGES = 1 << 0,	   /* needs root, but below --root */
	VERB_DRY_RUN = 1 << 1,	   /* takes --dry-run */
	VERB_FORCE = 1 << 2,	   /* takes --force */
	VERB_NO_LIVE = 1 << 3,	   /* takes --no-live */
	VERB_RUNNING = 1 << 4,	   /* of the running host alone: no --root */
	VERB_FROM_SYSTEM = 1 << 5, /* takes --from-system */
	VERB_SCREEN = 1 << 6,	   /* takes --watch and --prometheus */
	VERB_NETNS = 1 << 7,	   /* takes --netns */
	VERB_AT_BOOT = 1 << 8,	   /* takes --at-boot */
	VERB_RESTORE = 1 << 12,	   /* takes --restore */
	VERB_INI = 1 << 9,	   /* takes --ini */
	VERB_LIVE = 1 << 10,	   /* takes --live */
	VERB_DIFF = 1 << 11,	   /* takes --diff */
};

struct verb {
	const char *name;
	const char *help; /* one line */
	enum exit_code (*run)(struct context *context);
	unsigned int flags;
};

extern const struct verb verb_plan;
extern const struct verb verb_install;
extern const struct verb verb_apply;
extern const struct verb verb_check;
extern const struct verb verb_status;
extern const struct verb verb_users;
extern const struct verb verb_advise;
extern const struct verb verb_unload;
extern const struct verb verb_uninstall;
extern const struct verb verb_keys;
