/* Finds programs of this host whose waiting times a timeout must not undercut. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/gathering.h"
#include "model/table/relations.h"

/*
 * Reads the files of WireGuard, proxies, resolvers and the VPC CNI, as far as they are used here:
 * an interface of the kind exists, or something starts the service. Finds nothing for an image or
 * with --no-live. plan: only relations of its timeouts are looked for; NULL: all. Files that could
 * not be read are noted as unread. The caller owns *ret. -ENOMEM.
 */
MUST_CHECK int find_relations(const struct gathering *gathering, const struct plan *plan,
			      struct relations *ret);
