/* dockerd's options: whether it sets firewall rules, and where its configuration is. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The last word of what was read; start with {0}. Only these options decide whether rules are set. */
struct docker_options {
	bool no_iptables; /* iptables = false */
	bool ip6tables;	  /* ip6tables = true, which sets rules for IPv6 all the same */
};

/* A command line or the value of a variable: "--iptables=false", within quotes or not. The text ends at size. */
void docker_read_words(const char *text, size_t size, struct docker_options *options);

/* daemon.json. What is no object of JSON says nothing: dockerd does not start with it. */
void docker_read_file(const char *text, struct docker_options *options);

/* The value of --config-file=PATH, NULL if there is none; *ret_size is its length. */
const char *docker_config_path(const char *text, size_t size, size_t *ret_size);

/* Whether a command is dockerd. */
bool docker_is_daemon(const char *text, size_t size);
