/* The port to the table itself: its entries and counters, read and never changed. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/counters.h"
#include "model/table/entries.h"

/*
 * Two bodies, chosen by the linker: conntrack-live.c and tests/harness/conntrack-tree.c, where a file is the table.
 * Nothing is loaded by it: ctnetlink is asked only where nf_conntrack_netlink is there, else the kernel's file
 * /proc/net/nf_conntrack is read. Both are of the network namespace that the process is in.
 */

/*
 * Whether ctnetlink is there. Without it each entry is a line of the kernel's file, which a kernel before 6.18 walks from
 * its first entry on again for every 4 KiB: the time grows with the square of the table, and is the kernel's.
 */
bool conntrack_has_netlink(void);

/*
 * Counts every entry, one after the other as they come: memory does not grow with the table. Entries that come and go
 * meanwhile may be missed or met twice. -EPERM, -EACCES: only root may; -ENOENT: this kernel has neither, or
 * nf_conntrack_netlink is not loaded and there is no such file; -ELIBACC: no libmnl, and no such file; -EBADMSG: what the
 * kernel said is no entry; -EIO ... as recvmsg(2). What was counted until then is of no use.
 */
MUST_CHECK int conntrack_count_entries(struct entry_counts *counts);

/* By the kernel's file, or by ctnetlink where that is missing. -ENOENT: by neither. Others as above. */
MUST_CHECK int conntrack_read_counters(struct counters *ret);
