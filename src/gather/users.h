/* Looks for whatever uses conntrack on this host: modules, rules, programs, files that are read at boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"
#include "model/users/uses.h"

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

/*
 * Of an image only its files. What cannot be read is noted in gathering->unread. Negative errno: nothing can be said, because
 * *ret_what, a static text, could not be read.
 */
MUST_CHECK int gather_uses(const struct gathering *gathering, enum uses_scope scope,
			   struct host_uses *ret, const char **ret_what);

/* The modules above nf_conntrack and nf_conntrack itself. -EBADMSG, -ELOOP: /proc/modules is not what Linux writes there. */
MUST_CHECK int gather_modules(const struct gathering *gathering, struct module_graph *ret);
