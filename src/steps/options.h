/* What the command line asks for. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

struct options {
	const char *verb;    /* NULL: none was given */
	const char *surplus; /* the first word behind the verb, or NULL */
	const char *config;
	bool drop_ins;	  /* beside config; without it they count anyway */
	const char *root; /* NULL: the running host */
	enum color color;
	const char *netns; /* apply: this network namespace, or "all" */
	bool watch, prometheus;
	unsigned int watch_seconds; /* between two looks */
	bool at_boot;		    /* install: automatic sizes alone */
	bool restore;		    /* install: what drifted alone */
	bool live;		    /* uninstall: also set the live values of before again */
	bool diff;		    /* plan: also the unified diffs */
	bool ini;		    /* advise: the lines of the INI file alone */
	bool json, dry_run, force, no_live, from_system, quiet, verbose, help, version;
};
