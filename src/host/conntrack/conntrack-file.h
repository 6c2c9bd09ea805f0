/* Counts entries by the kernel's file of them, for both bodies of the port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"
#include "model/table/entries.h"

/*
 * Counts the lines of /proc/net/nf_conntrack, whose real path is given. -ENOENT, -EACCES ... as
 * open(2); -EBADMSG: a line is no entry.
 */
MUST_CHECK int conntrack_file_count(const char *path, struct entry_counts *counts);
