/* Reads how long programs wait or keep silent from their configuration files. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/relations.h"

/*
 * Each of these reads a whole text and sets *ret to the line that matters most. ret->seconds is 0
 * if the text says nothing of the kind. They take linear time, and any bytes.
 */

/* The size of the name of a network interface, with its NUL. */
#define INTERFACE_SIZE 16

/*
 * The largest PersistentKeepalive in a file of wg-quick, systemd-networkd or NetworkManager.
 * ret_interface: "" if the file does not name its interface, as that of wg-quick.
 */
void relation_read_wireguard(const char *text, struct relation_line *ret,
			     char ret_interface[INTERFACE_SIZE]);

/*
 * The longest time for which haproxy keeps a connection that one side has closed: `timeout
 * client-fin` and `server-fin`, else the larger of `client` or `server` and `tunnel`.
 */
void relation_read_haproxy(const char *text, struct relation_line *ret);

/* The largest proxy_timeout of a file that has `proxy_half_close on`; 10 min by default. */
void relation_read_nginx(const char *text, struct relation_line *ret);

/* The largest idle_timeout of a file that has a TCP proxy of Envoy; 1 h by default. */
void relation_read_envoy(const char *text, struct relation_line *ret);

/* The time for which the C library waits for a name server by resolv.conf; 5 s by default. */
void relation_read_resolv(const char *text, struct relation_line *ret);

/* 30 s, if the text configures the VPC CNI of AWS. */
void relation_read_vpc_cni(const char *text, struct relation_line *ret);
