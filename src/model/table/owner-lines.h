/* Reads what the kernel shows of addresses, sockets and control groups, to find owners. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "model/table/owners.h"

/*
 * Reads a message of rtnetlink, RTM_NEWADDR, behind its netlink header. Returns 1 if *ret_family
 * and the address are set, 0 if the message has no address of IPv4 or IPv6, or -EBADMSG.
 */
MUST_CHECK int address_read_message(const void *bytes, size_t size, uint8_t *ret_family,
				    uint8_t ret_address[16]);

/* A line of /proc/net/tcp, tcp6, udp or udp6. */
struct socket_line {
	uint16_t port;	/* the local one */
	uint8_t family; /* of the local address; 0: any address */
	uint8_t address[16];
	bool serves;	/* it listens, or is not connected */
	uint64_t inode; /* 0: no process has it */
};
/* Returns -EBADMSG for any other line, such as the first one. */
MUST_CHECK int socket_line_parse(const char *line, struct socket_line *ret);

/*
 * The owner of a process by /proc/PID/cgroup. Runtimes name the control group of a container by its
 * ID; the name that people gave the container is elsewhere.
 */
#define GROUP_NAME_SIZE 256
struct group_owner {
	enum owner_kind kind; /* OWNER_PROCESS: no container and no unit */
	char name
		[GROUP_NAME_SIZE]; /* the ID of a container or pod, the name of a machine or unit */
	bool is_id;		   /* the name is a runtime's ID; there may be a better name */
	/* The group lies below an ordinary user's, who may name groups as they like. */
	bool of_user;
};
void group_owner_parse(const char *text, struct group_owner *ret);

/*
 * Find the name of a container in a file of its engine: config.v2.json of Docker, and
 * containers.json of podman, which has all of them. Add the name to b; nothing if there is none.
 */
void container_name_docker(const char *json, struct buffer *b);
void container_name_podman(const char *json, const char *id, struct buffer *b);

/*
 * Finds the name of a pod by its UID in the name of a folder below /var/log/pods,
 * "NAMESPACE_NAME_UID": adds "NAMESPACE/NAME". Returns whether it did.
 */
bool pod_name_from_folder(const char *folder, const char *uid, struct buffer *b);

/*
 * Finds the name of a machine in what systemd-machined notes about it below /run/systemd/machines,
 * a line "NAME=...", and adds it to b; nothing if there is none.
 */
void machine_name_from_record(const char *text, struct buffer *b);
