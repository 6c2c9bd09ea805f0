/* The port to the table: reads its entries and counters, and never changes them. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "model/table/counters.h"
#include "model/table/entries.h"

/*
 * The port has two bodies, and the linker chooses one: conntrack-live.c, or
 * tests/harness/conntrack-tree.c, which takes a file for the table. Neither loads a module: if
 * nf_conntrack_netlink is loaded or built in, ctnetlink is asked, else the kernel's file
 * /proc/net/nf_conntrack is read. Both show the network namespace that the process is in.
 */

/*
 * Returns whether ctnetlink can be asked. Without it each entry is a line of the kernel's file. A
 * kernel before 6.18 walks that file from the first entry again for every 4 KiB, so that the
 * kernel's time grows with the square of the entries.
 */
bool conntrack_has_netlink(void);

/*
 * Counts all entries one by one, so that memory does not grow with the table. An entry that comes
 * or goes meanwhile may be missed or counted twice. -EPERM, -EACCES: only root can read them;
 * -ENOENT: there is no such file, and nf_conntrack_netlink is not loaded; -ELIBACC: there is
 * neither libmnl nor such a file; -EBADMSG: the kernel sent something else than an entry; -EIO
 * ... as recvmsg(2). After a failure the counts are incomplete.
 */
MUST_CHECK int conntrack_count_entries(struct entry_counts *counts);

/*
 * Reads the counters by the kernel's file, or by ctnetlink if there is no such file. -ENOENT: by
 * neither. Other errors as conntrack_count_entries().
 */
MUST_CHECK int conntrack_read_counters(struct counters *ret);
