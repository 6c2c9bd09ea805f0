/* podman's quadlets: units that a generator makes of .container, .pod, .kube and .network files. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum quadlet_key {
	QUADLET_WANTED,	  /* [Install]: a unit starts it */
	QUADLET_NETWORK,  /* Network= of a container, pod or kube */
	QUADLET_POD,	  /* Pod= of a container, whose network it has */
	QUADLET_YAML,	  /* Yaml= of a kube */
	QUADLET_NO_RULES, /* a network that is internal, or of a driver without rules */
};

/* A line that counts; the value is not owned and ends at size, without blanks at its ends. */
struct quadlet_line {
	enum quadlet_key key;
	const char *value;
	size_t size;
};

/* Start with `struct quadlet_reader r = {.position = text}`. */
struct quadlet_reader {
	const char *position;
	const char *section; /* its name, behind the bracket */
};

/* The next line that counts; false at the end of the text. */
bool quadlet_read_line(struct quadlet_reader *reader, struct quadlet_line *ret);

/* What Network= says. */
enum quadlet_network {
	NETWORK_NONE, /* the host's, none, another container's, or one without rules of the kernel's */
	NETWORK_BRIDGE,	 /* podman's default network, with NAT */
	NETWORK_QUADLET, /* another quadlet, NAME.network */
	NETWORK_NAMED, /* a network made by "podman network create", whose driver is not known here */
};
enum quadlet_network quadlet_read_network(const char *value, size_t size);

/* containers.conf: whether containers have no network with rules unless they ask for one. */
bool quadlet_default_is_bare(const char *text);
