/* Reads configurations of programs: do they ask for address translation or connection state? */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum option_state {
	OPTION_UNSET,
	OPTION_IS, /* it has the value that was asked for */
	OPTION_IS_OTHER,
};

/*
 * Finds an option of a file that a shell or a simple reader reads (KEY=value, KEY = "value", key:
 * value), and compares its last value without quotes; upper and lower case are the same.
 */
enum option_state program_option_find(const char *text, const char *key, const char *value);

/*
 * Returns the first line whose first word is this one, or that has it behind a "{" or ";"; 0: none.
 * Comments begin with # or !.
 */
unsigned int program_word_line(const char *text, const char *word);

/* Returns whether a .network file of systemd-networkd has IPMasquerade= with a value but no. */
bool networkd_masquerades(const char *text);

enum network_start {
	NETWORK_NOT_TRANSLATED,
	NETWORK_STARTS_BY_HAND,
	NETWORK_STARTS,
};

/* Reads a connection of NetworkManager, a key file or an ifcfg file: is it shared? */
enum network_start connection_is_shared(const char *text);

/* Returns whether a network of libvirt has <forward mode='nat'/>; nat is the default mode. */
bool libvirt_translates(const char *text);

enum nspawn_network {
	NSPAWN_USUAL, /* of systemd-nspawn@.service: a link that systemd-networkd masquerades for */
	NSPAWN_PORTS, /* Port=: forwarded ports are translated */
	NSPAWN_OTHER, /* the network of the host, or one without translation */
};

/* Reads a .nspawn file. */
enum nspawn_network nspawn_read_network(const char *text);

/*
 * Returns whether wg-quick sets rules with marks of connections for this file, because all traffic
 * goes through the tunnel (AllowedIPs = 0.0.0.0/0 or ::/0, and Table is auto).
 */
bool wireguard_marks_connections(const char *text);
