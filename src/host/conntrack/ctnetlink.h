/* The table by ctnetlink, of the network namespace that the process is in. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"
#include "model/table/counters.h"
#include "model/table/entries.h"

/*
 * A request loads nf_conntrack_netlink: to be asked only where that is there. -EPERM: only root may; -ELIBACC, -ELIBBAD: no
 * libmnl; -EPROTONOSUPPORT, -EINVAL: this kernel was built without ctnetlink; -EBADMSG ... as recvmsg(2).
 */
MUST_CHECK int ctnetlink_count_entries(struct entry_counts *counts);
MUST_CHECK int ctnetlink_read_counters(struct counters *ret);
