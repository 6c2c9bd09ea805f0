/* Finds out who owns addresses and ports: containers, units and processes of this host. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/names.h"
#include "gather/gathering.h"
#include "model/table/holders.h"
#include "model/table/owner-lines.h"

/*
 * Start with {.gathering = ..., .owners = ...}. Files of container engines are read once, and only
 * if an ID was found.
 */
struct owner_search {
	const struct gathering *gathering;
	struct owners *owners;
	char *podman; /* owned; NULL: not read, or there is none */
	bool podman_read;
	struct names pods; /* the folders of /var/log/pods */
	bool pods_read;
};
void owner_search_done(struct owner_search *search);

/*
 * Notes the addresses of the network namespace that the process is in for this owner; 0: this
 * host. -ENOMEM; other errors leave addresses out.
 */
MUST_CHECK int owner_search_addresses(struct owner_search *search, uint16_t owner);

/* Finds the owner of a namespace by a process in it. *ret as owners_find(). -ENOMEM. */
MUST_CHECK int owner_search_namespace(struct owner_search *search,
				      const struct network_namespace *namespace, uint16_t *ret);

/*
 * Finds the owner of a control group by its path, "/system.slice/x.service": OWNER_PROCESS if it
 * is neither a container's nor a unit's.
 */
void owner_search_group(struct owner_search *search, const char *path, struct group_owner *ret);

/*
 * Assigns the entries of this host's ports to the processes that have them; those of other ports
 * to this host itself. What could not be read is noted in holders. -ENOMEM.
 */
MUST_CHECK int owner_search_ports(struct owner_search *search, struct holders *holders);
