/* Looks for whatever uses conntrack on this host: modules, rules, programs, files that are read at boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/users/uses.h"
#include "verbs/verbs.h"

struct host_uses {
	enum module_state module;
	struct module_graph
		graph; /* empty where the kernel has no modules, or nf_conntrack is not loaded */
	struct uses uses;
	/* A source could not be read, and was reported: of what uses conntrack now, and of what will at the next boot. */
	bool unread_now, unread_files;
};
void host_uses_done(struct host_uses *found);

enum uses_scope {
	USES_ALL,
	USES_BOOT, /* what files say of the next boot, alone */
};

/* Of an image only its files. What cannot be read is reported; EXIT_FAILED where nothing could be said then. */
enum exit_code find_uses(struct context *context, enum uses_scope scope, struct host_uses *ret);

/* The modules above nf_conntrack and nf_conntrack itself. EXIT_FAILED was reported. */
enum exit_code find_modules(struct context *context, struct module_graph *ret);
