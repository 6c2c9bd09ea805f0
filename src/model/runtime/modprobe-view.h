/* Merges the lines of all modprobe.d files about one module, as modprobe does. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "model/runtime/modprobe-lines.h"

/*
 * The merged lines. The texts are owned; NULL if no line sets them. Release with
 * modprobe_view_done().
 */
struct modprobe_view {
	/* whether the module is in this kernel's list of built-in modules; false without a list */
	bool built_in;
	/* whether libkmod knows the module's file, which some distributions keep elsewhere */
	bool listed;
	bool blacklisted;
	char *install; /* the install command that modprobe runs */
	char *softdep; /* "pre: a b post: c" */
	/*
	 * "hashsize=1 acct=1 hashsize=2": the last value of an option counts, and a wrong one keeps
	 * the module from loading
	 */
	char *options;
};
void modprobe_view_done(struct modprobe_view *view);

/*
 * Merges the lines about nf_conntrack or a module that it needs, as libkmod would, but without the
 * kernel command line and the list of built-in modules. Release *ret with modprobe_view_done().
 * Returns -ENOMEM.
 */
MUST_CHECK int modprobe_view_of_records(const struct modprobe_records *records, const char *module,
					struct modprobe_view *ret);

/*
 * Returns 1 if the install command loads this module, or may load it, because a script or a
 * variable decides; 0 if not; or -ENOMEM.
 */
MUST_CHECK int modprobe_install_loads(const char *command, const char *module);

/* Returns 1 if modprobe runs an install command that does not load this module, 0, or -ENOMEM. */
MUST_CHECK int modprobe_view_is_blocked(const struct modprobe_view *view, const char *module);
