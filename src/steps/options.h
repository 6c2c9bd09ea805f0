/* The options and arguments of the command line. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

enum witness_order {
	WITNESS_NO_ORDER,
	WITNESS_LOAD,
	WITNESS_UNLOAD,
};

struct options {
	const char *verb;    /* NULL: none was given */
	const char *surplus; /* the first word after the verb, or NULL */
	const char *config;
	/* read drop-ins as well as `config`; they are always read if --config was not given */
	bool drop_ins;
	const char *root; /* NULL: the running host */
	enum color color;
	const char *netns;	    /* apply: name or path of a network namespace, or "all" */
	enum witness_order witness; /* apply: only load or unload the witness */
	bool watch, prometheus;
	bool no_addresses;	    /* status, advise: leave addresses out */
	unsigned int watch_seconds; /* seconds between two looks */
	bool at_boot;		    /* install: only automatic sizes */
	bool restore;		    /* install: only files and values that drifted */
	/* uninstall: also set the live values from before the first change */
	bool live;
	bool diff; /* plan: also print the unified diffs */
	bool ini;  /* advise, plan --connections: print only the lines of the INI file */
	/* plan: compute sizes for so many connections, and new ones a second; 0: not given */
	uint64_t connections, new_per_second;
	bool json, dry_run, force, no_live, from_system, quiet, verbose, help, version;
};
