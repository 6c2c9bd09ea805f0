/* pve-firewall of Proxmox VE: the options of the cluster and of this node. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gather/reading.h"
#include "model/sources/writers.h"

/* Adds the values that pve-firewall sets, if the cluster's firewall is on. -ENOMEM. */
MUST_CHECK int find_pve_firewall(struct reading *reading, struct host_writers *found);
