/* Adds what pve-firewall of Proxmox VE sets: max, hashsize and two timeouts. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/sources/writers.h"

/* An option of host.fw with a number. */
struct pve_number {
	uint64_t number;
	unsigned int line; /* 0: it is not set */
};

/* The section [OPTIONS] of cluster.fw or host.fw. */
struct pve_options {
	bool enable;   /* false as well if it is not set, as in cluster.fw */
	bool nftables; /* whether proxmox-firewall does the work of pve-firewall */
	struct pve_number max, established, syn_recv;
};
void pve_options_read(const char *text, struct pve_options *ret);

/* Adds what a node with these options sets. line: the file, and whether it acts. */
void writers_of_pve(const struct values *values, const struct pve_options *options,
		    const struct writer_line *line, struct writers *writers);

/* Adds what to do about a value that pve-firewall overrides. */
void pve_add_advice(const struct writer *writer, struct buffer *b);
