/* Reads the options of dockerd: does it set firewall rules, and where is its configuration? */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The last value of each option that was read. Start with {0}. Only these options decide whether
 * dockerd sets rules.
 */
struct docker_options {
	bool no_iptables; /* whether iptables = false */
	/* whether ip6tables = true, with which rules for IPv6 are set even so */
	bool ip6tables;
};

/*
 * Reads a command line or the value of a variable ("--iptables=false", with or without quotes),
 * which ends at size.
 */
void docker_read_words(const char *text, size_t size, struct docker_options *options);

/*
 * Reads daemon.json. A text that is not a JSON object changes nothing, because dockerd does not
 * start with it.
 */
void docker_read_file(const char *text, struct docker_options *options);

/*
 * Returns the value of --config-file=PATH, with its length in *ret_size, or NULL if there is none.
 */
const char *docker_config_path(const char *text, size_t size, size_t *ret_size);

/* Returns whether the command runs dockerd. */
bool docker_is_daemon(const char *text, size_t size);
