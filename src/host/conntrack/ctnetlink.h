/* Reads the table of the process's network namespace by ctnetlink. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"
#include "model/table/counters.h"
#include "model/table/entries.h"

/*
 * Call these only if nf_conntrack_netlink is loaded or built in, because a request loads it.
 * -EPERM: only root can ask; -ELIBACC, -ELIBBAD: there is no libmnl, or a broken one;
 * -EPROTONOSUPPORT, -EINVAL: this kernel was built without ctnetlink; -EBADMSG ... as recvmsg(2).
 */
MUST_CHECK int ctnetlink_count_entries(struct entry_counts *counts);
MUST_CHECK int ctnetlink_read_counters(struct counters *ret);
