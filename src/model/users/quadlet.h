/* Reads podman quadlets: .container, .pod, .kube and .network files, which become units. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum quadlet_key {
	QUADLET_WANTED,	  /* [Install]: another unit starts it */
	QUADLET_NETWORK,  /* Network= of a container, pod or kube */
	QUADLET_POD,	  /* Pod= of a container, which shares the network of the pod */
	QUADLET_YAML,	  /* Yaml= of a kube */
	QUADLET_NO_RULES, /* a network that is internal, or whose driver sets no rules */
};

/* A relevant line. The value points into the text, ends at size and is trimmed. */
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

/* Reads the next relevant line. Returns false at the end of the text. */
bool quadlet_read_line(struct quadlet_reader *reader, struct quadlet_line *ret);

/* The kinds of networks that Network= can name. */
enum quadlet_network {
	/* the host's, none, another container's, or one for which the kernel gets no rules */
	NETWORK_NONE,
	NETWORK_BRIDGE,	 /* podman's default network, with NAT */
	NETWORK_QUADLET, /* another quadlet, NAME.network */
	NETWORK_NAMED,	 /* a network of "podman network create", whose driver is unknown here */
};
enum quadlet_network quadlet_read_network(const char *value, size_t size);

/* Returns whether containers.conf gives containers no network with rules by default. */
bool quadlet_default_is_bare(const char *text);
