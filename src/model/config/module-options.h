/* The options of the module nf_conntrack, and the settings with the same effect. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct schema_row;

struct module_option {
	const char *name;    /* "tstamp" */
	bool is_size;	     /* a number of buckets; if false, a switch */
	const char *section; /* of the setting with the same effect; NULL: there is none */
	const char *setting;
	const char *value; /* the name of its value among those of the kernel; NULL: it has none */
};

/* All that the module has in Linux 4.18 to 7.2; enable_hooks exists from 5.1 on. */
#define MODULE_OPTIONS 5U
extern const struct module_option module_options[MODULE_OPTIONS];

/*
 * Returns the option with this name, or NULL; "-" and "_" are equal, as the kernel takes them.
 * name: length bytes, which need no end.
 */
const struct module_option *module_option_find(const char *name, size_t length);

/* Returns the index of the option's setting in the schema, or -1 if it has none. */
int module_option_setting(const struct module_option *option);

/*
 * Returns the option ("tstamp") whose value this key has in each new network namespace, or NULL
 * (module_param_named() in nf_conntrack_acct.c and nf_conntrack_timestamp.c, Linux 4.18 to 7.2).
 */
const char *module_option_inherited(const struct schema_row *row);
