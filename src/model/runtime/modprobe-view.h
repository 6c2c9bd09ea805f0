/* What modprobe makes of a module by the lines of modprobe.d, all files merged. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "model/runtime/modprobe-lines.h"

/* Owned texts; NULL: there is none. */
struct modprobe_view {
	bool built_in; /* by the list of what is built into this kernel, where there is one */
	bool blacklisted;
	char *install; /* the install command that counts */
	char *softdep; /* "pre: a b post: c" */
	char *options; /* "hashsize=1 acct=1 hashsize=2": the last of each counts, a bad one stops all */
};
void modprobe_view_done(struct modprobe_view *view);

/*
 * What the lines of all files say of nf_conntrack or a module that it needs, as libkmod would but for the kernel command line
 * and what is built in. -ENOMEM.
 */
MUST_CHECK int modprobe_view_of_records(const struct modprobe_records *records, const char *module,
					struct modprobe_view *ret);

/* Whether the install command loads whatever there is to load, as far as words tell. */
bool modprobe_install_loads(const char *command);

/* Whether an install command that counts runs instead of loading the module. */
bool modprobe_view_is_blocked(const struct modprobe_view *view);
