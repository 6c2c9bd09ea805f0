/* Finds what uses conntrack: modules, rules, programs, files that are read at boot. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"
#include "model/users/uses.h"

struct host_uses {
	enum module_state module;
	struct module_graph
		graph; /* empty where the kernel has no modules, or nf_conntrack is not loaded */
	struct uses uses;
	/*
	 * A source could not be read, and was noted: for uses now, and for uses at the next boot.
	 */
	bool unread_now, unread_files;
};
void host_uses_done(struct host_uses *found);

enum uses_scope {
	USES_ALL,
	USES_BOOT, /* only uses at the next boot, from files */
};

/*
 * Finds uses; of an image only from its files. Sources that could not be read are noted in
 * gathering->unread. The caller owns *ret. Negative errno: nothing can be said, because *ret_what
 * (a literal) could not be read.
 */
MUST_CHECK int gather_uses(const struct gathering *gathering, enum uses_scope scope,
			   struct host_uses *ret, const char **ret_what);

/*
 * Reads nf_conntrack and the modules above it; the caller owns *ret. -EBADMSG, -ELOOP:
 * /proc/modules is malformed.
 */
MUST_CHECK int gather_modules(const struct gathering *gathering, struct module_graph *ret);
