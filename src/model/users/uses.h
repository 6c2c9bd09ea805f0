/* Findings: what on this host uses conntrack, the evidence, and what would break without it. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "model/users/module-graph.h"

enum certainty {
	USE_LIKELY,  /* a program or rule of this kind usually needs conntrack */
	USE_CERTAIN, /* it would break now, or at the next boot */
};

struct program;

struct use {
	enum certainty certainty;
	const char *kind;   /* "module", "rules", "namespace", "service", "file"; not owned */
	char *name;	    /* owned; the name of the module, table, unit ... */
	char *evidence;	    /* owned; how it was found */
	const char *breaks; /* what happens without conntrack; not owned */
	uint64_t hash;	    /* of kind, name and evidence */
	const struct program *program; /* the program that it is; NULL: none is known */
	/* whether it breaks at the next boot, judged by files; see uses_mark_boot() */
	bool at_boot;
};

/*
 * How many findings a list keeps, so that foreign rules cannot exhaust the memory: about 5 MiB with
 * the longest names.
 */
#define USES_MAX 4096

/*
 * Start with `struct uses u = {0}`, and release with uses_done(). Findings beyond the limit are
 * only counted. A failed allocation sets out_of_memory.
 */
struct uses {
	struct use *items;
	size_t count;
	size_t limit; /* 0 means USES_MAX */
	size_t left_out[USE_CERTAIN + 1];
	bool out_of_memory;
};
void uses_done(struct uses *uses);

/*
 * The parts of a finding besides its evidence. The name is copied; kind and breaks must outlive the
 * list.
 */
struct use_heading {
	enum certainty certainty;
	const char *kind, *name, *breaks;
	const struct program *program; /* or NULL */
};
void uses_add(struct uses *uses, const struct use_heading *heading, const char *format, ...)
	PRINTF_LIKE(3, 4);

/* Marks all findings as valid for the next boot, because they come from files. */
void uses_mark_boot(struct uses *uses);

/*
 * Moves all findings to the end of another list, which must not have them yet. Those over its limit
 * are only counted.
 */
void uses_move(struct uses *from, struct uses *to, size_t limit);

/* Returns whether the list has a finding of this program. */
bool uses_has_program(const struct uses *uses, const struct program *program);

/* Removes the likely findings of a program, because something more exact is known. NULL: none. */
void uses_drop_likely(struct uses *uses, const struct program *program);

/*
 * Makes one finding of a program that runs and starts at boot: the one of `boot` gets the evidence
 * of both, and the one of `live` is removed.
 */
void uses_merge_programs(struct uses *live, struct uses *boot);

/* Returns how many findings there are, with those that were only counted. */
size_t uses_count(const struct uses *uses, enum certainty certainty);

/* Returns how many findings were only counted. */
size_t uses_left_out(const struct uses *uses);

/*
 * Returns what a module of the distributions' kernels (5.10 to 7.2) does, or "" if it is unknown.
 */
const char *module_describe(const char *name);

/*
 * Adds each module that has users besides the modules above it: a rule of iptables, in any network
 * namespace, is one use of each match and target that it has. legacy: a network namespace has
 * tables of iptables-legacy; evidence then says how to list their rules.
 */
void uses_of_modules(const struct module_graph *graph, bool legacy, struct uses *uses);

/*
 * Adds a program that is known to need connection tracking, by the name of its process ("dockerd").
 */
void uses_of_process(const char *command, struct uses *uses);

/*
 * Adds a service that is started at boot ("docker.service"), whether it runs or not, unless another
 * unit of the same program was added.
 */
void uses_of_unit(const char *unit, struct uses *uses);

/* Does the same with what its configuration says ("PATH has KEY = VALUE"), or NULL. */
void uses_of_configured_unit(const char *unit, enum certainty certainty, const char *reason,
			     struct uses *uses);

/* Adds Docker with "iptables": false, so that it sets no rules. */
void uses_of_docker_without_rules(const char *unit, struct uses *uses);

/*
 * Adds a podman quadlet ("web.container") that will start and whose network has NAT. path: its
 * file.
 */
void uses_of_quadlet(const char *name, const char *path, enum certainty certainty,
		     struct uses *uses);

/*
 * Adds a file of rules that `loader` ("nftables.service", "/etc/rc.local") loads at boot. `lines`
 * of its lines need connection tracking; `line` is the first. See model/users/rules-file.h.
 */
void uses_of_rules_file(const char *loader, const char *path, unsigned int line, unsigned int lines,
			struct uses *uses);

/*
 * Adds a script, or a file with commands, that runs at boot and sets rules that need connection
 * tracking.
 */
void uses_of_boot_script(const char *loader, const char *path, unsigned int line,
			 struct uses *uses);

/* Adds the names in a file of modules-load.d that are nf_conntrack or modules that need it. */
void uses_of_modules_load(const char *path, const char *text, struct uses *uses);

/* Adds a network with NAT of libvirt, systemd-networkd or NetworkManager: the file of a unit. */
void uses_of_network(const char *unit, const char *path, enum certainty certainty,
		     struct uses *uses);

/* Adds a tunnel of wg-quick that takes all traffic. */
void uses_of_tunnel(const char *unit, const char *path, struct uses *uses);

/* Adds a file of virtual servers of IPVS; `line` is the first. */
void uses_of_virtual_servers(const char *unit, const char *path, unsigned int line,
			     struct uses *uses);
