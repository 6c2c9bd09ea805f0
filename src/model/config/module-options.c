/* The options of the module nf_conntrack, and the settings with the same effect. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/config/module-options.h"

#include <string.h>

#include "model/config/schema.h"

const struct module_option module_options[MODULE_OPTIONS] = {
	{"hashsize", true, "conntrack", "hashsize", "nf_conntrack.hashsize"},
	{"expect_hashsize", true, "conntrack", "expect_hashsize", "nf_conntrack.expect_hashsize"},
	{"acct", false, "options", "acct", "net.netfilter.nf_conntrack_acct"},
	{"tstamp", false, "options", "timestamp", "net.netfilter.nf_conntrack_timestamp"},
	{"enable_hooks", false, NULL, NULL, NULL},
};

static bool names_are_equal(const char *name, size_t length, const char *expected)
{
	size_t i = 0;

	for (; i < length && expected[i]; i++)
		if (name[i] != expected[i] && (name[i] != '-' || expected[i] != '_'))
			return false;
	return i == length && !expected[i];
}

const struct module_option *module_option_find(const char *name, size_t length)
{
	for (size_t i = 0; i < MODULE_OPTIONS; i++)
		if (names_are_equal(name, length, module_options[i].name))
			return &module_options[i];
	return NULL;
}

int module_option_setting(const struct module_option *option)
{
	return option->section ? schema_find(option->section, option->setting) : -1;
}

const char *module_option_inherited(const struct schema_row *row)
{
	for (size_t i = 0; i < MODULE_OPTIONS; i++)
		if (!module_options[i].is_size && module_options[i].section &&
		    strcmp(module_options[i].section, row->section) == 0 &&
		    strcmp(module_options[i].setting, row->name) == 0)
			return module_options[i].name;
	return NULL;
}
