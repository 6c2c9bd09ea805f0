/* The record of each verb: name, options, function. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "steps/context.h"

enum verb_flags {
	VERB_CHANGES = 1 << 0,	     /* needs root, except with --root */
	VERB_DRY_RUN = 1 << 1,	     /* takes --dry-run */
	VERB_FORCE = 1 << 2,	     /* takes --force */
	VERB_NO_LIVE = 1 << 3,	     /* takes --no-live */
	VERB_RUNNING = 1 << 4,	     /* works on the running host only: no --root */
	VERB_FROM_SYSTEM = 1 << 5,   /* takes --from-system */
	VERB_SCREEN = 1 << 6,	     /* takes --watch and --prometheus */
	VERB_NETNS = 1 << 7,	     /* takes --netns */
	VERB_AT_BOOT = 1 << 8,	     /* takes --at-boot */
	VERB_RESTORE = 1 << 12,	     /* takes --restore */
	VERB_INI = 1 << 9,	     /* takes --ini */
	VERB_LIVE = 1 << 10,	     /* takes --live */
	VERB_DIFF = 1 << 11,	     /* takes --diff */
	VERB_CONNECTIONS = 1 << 13,  /* takes --connections and --new-per-second */
	VERB_WITNESS = 1 << 15,	     /* takes --witness */
	VERB_NO_ADDRESSES = 1 << 14, /* takes --no-addresses */
};

struct verb {
	const char *name;
	const char *help;     /* a line for --help */
	const char *about;    /* a paragraph for "help VERB" */
	const char *examples; /* commands, each an indented line with a line feed */
	const char *exits;    /* a paragraph: what each exit status means */
	enum exit_code (*run)(struct context *context);
	unsigned int flags;
};

/* Returns whether the verb takes the option that belongs to this flag. */
static inline bool verb_takes(const struct verb *verb, unsigned int flag)
{
	return flag == VERB_RUNNING ? !(verb->flags & flag) : (verb->flags & flag) != 0;
}

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
extern const struct verb verb_hook;
