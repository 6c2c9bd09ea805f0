/* The kernel's file of the table's entries, the same for each body of the port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"
#include "model/table/entries.h"

/* Counts the lines of /proc/net/nf_conntrack by its real path. -ENOENT, -EACCES ...; -EBADMSG: a line is no entry. */
MUST_CHECK int conntrack_file_count(const char *path, struct entry_counts *counts);
