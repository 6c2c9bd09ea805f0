/* Where the kernel would get nf_conntrack from: its file, and the program that loads modules. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/problems.h"

/* The file of nf_conntrack in the module tree of the running kernel, /lib/modules/RELEASE. */
enum module_file {
	MODULE_FILE_UNKNOWN,	 /* the tree is hidden, or was not looked for */
	MODULE_FILE_THERE,	 /* or built in */
	MODULE_FILE_NO_TREE,	 /* there is no tree for this kernel */
	MODULE_FILE_NOT_IN_TREE, /* the tree lacks the module */
	MODULE_FILE_NOT_LISTED,	 /* the tree has the module, and modules.dep does not list it */
	MODULE_FILE_NO_MODULES,	 /* this kernel is built without support for modules */
};

struct module_origin {
	enum module_file file;
	const char *release; /* of the running kernel; not owned */
	/* kernel.modprobe, the program that the kernel runs for a module; NULL: unknown */
	const char *loader;
	bool loader_missing; /* no file has that path */
	bool contained;	     /* this process is in a container */
};

/*
 * Finds a module ("nf_conntrack") in the text of modules.dep or modules.builtin. Returns its path
 * below the tree, not terminated, with its length in *ret_length, or NULL if no line has it.
 */
const char *modules_dep_find(const char *text, const char *module, size_t *ret_length);

/*
 * Adds a warning for each reason why the kernel cannot load nf_conntrack when a rule needs it, with
 * what to do. Returns whether there is one.
 */
bool module_judge_origin(const struct module_origin *origin, struct problems *problems);
