/* What on this host uses conntrack, how we know, and what would break without it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "model/users/module-graph.h"

enum certainty {
	USE_LIKELY,  /* somebody who usually does */
	USE_CERTAIN, /* it would break now, or at the next boot */
};

struct use {
	enum certainty certainty;
	const char *kind;   /* "module", "rules", "namespace", "service", "file"; not owned */
	char *name;	    /* who: a module, a table, a unit ... */
	char *evidence;	    /* how we know */
	const char *breaks; /* what happens without conntrack; not owned */
	uint64_t hash;	    /* of kind, name and evidence */
	bool at_boot;	    /* it breaks at the next boot, as files say; see uses_mark_boot() */
};

/* How many findings a list holds at most, so that nobody's rules can fill the memory: about 5 MiB with the longest names. */
#define USES_MAX 4096

/*
 * Start with `struct uses u = {0}`. Findings beyond the limit are only counted. out_of_memory is remembered, as in struct
 * buffer.
 */
struct uses {
	struct use *items;
	size_t count;
	size_t limit; /* 0: USES_MAX */
	size_t left_out[USE_CERTAIN + 1];
	bool out_of_memory;
};
void uses_done(struct uses *uses);

/* What there is to say but for the evidence. kind and breaks have to stay as they are, the name is copied. */
struct use_heading {
	enum certainty certainty;
	const char *kind, *name, *breaks;
};
void uses_add(struct uses *uses, const struct use_heading *heading, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* Marks all findings as what files say of the next boot. */
void uses_mark_boot(struct uses *uses);

/* Moves all findings to the end of another list, which does not hold them yet; those over its limit are only counted. */
void uses_move(struct uses *from, struct uses *to, size_t limit);

/* Takes away the findings of a name that are only likely, because something more exact is known. */
void uses_drop_likely(struct uses *uses, const char *name);

/* How many findings there are, those that were only counted among them. */
size_t uses_count(const struct uses *uses, enum certainty certainty);

/* How many findings there was no room for. */
size_t uses_left_out(const struct uses *uses);

/* What a module of the distributions' kernels (5.10 to 7.2) stands for, "" where it is not known. */
const char *module_describe(const char *name);

/*
 * Adds each module that has users besides the modules above it: a rule of iptables, in any network namespace, is one use of
 * each match and target that it has. legacy: a network namespace has tables of iptables-legacy; evidence then says how to
 * list their rules.
 */
void uses_of_modules(const struct module_graph *graph, bool legacy, struct uses *uses);

/* A program that is known to need connection tracking, by the name of its process ("dockerd"). */
void uses_of_process(const char *command, struct uses *uses);

/* A service that is started at boot ("docker.service"), whether it runs or not. */
void uses_of_unit(const char *unit, struct uses *uses);

/* Docker, where it sets no rules of its own ("iptables": false). */
void uses_of_docker_without_rules(const char *unit, struct uses *uses);

/* A quadlet of podman's ("web.container") that starts, by its path; its network is set up with NAT. */
void uses_of_quadlet(const char *name, const char *path, enum certainty certainty,
		     struct uses *uses);

/* A service of that list whose package is known to enable it, by its place in the list; NULL behind the last. */
const char *uses_known_unit(size_t i);

/*
 * A file of rules that loader ("nftables.service", "/etc/rc.local") loads at boot; lines of it ask for tracking, the first
 * is number line. See model/users/rules-file.h.
 */
void uses_of_rules_file(const char *loader, const char *path, unsigned int line, unsigned int lines,
			struct uses *uses);

/* A script, or a file with commands, that runs at boot and sets rules that ask for tracking by itself. */
void uses_of_boot_script(const char *loader, const char *path, unsigned int line,
			 struct uses *uses);

/* modules-load.d: a file that asks for nf_conntrack or for what needs it. */
void uses_of_modules_load(const char *path, const char *text, struct uses *uses);
