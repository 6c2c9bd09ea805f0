/*
 * Files as the table, for the test twin: /proc/net/nf_conntrack and its statistics below
 * $CONNTRACK_PERSIST_HOST.
 */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/faults.h"
#include "host/conntrack/conntrack-file.h"
#include "host/conntrack/conntrack.h"
#include "host/kernel/kernel-file.h"

/* The real path of a file of the host. "KIND PATH ERRNO" among the faults has it refused. */
static int make_path(const char *kind, const char *name, char path[PATH_MAX])
{
	const char *host = getenv("CONNTRACK_PERSIST_HOST");

	if (snprintf(path, PATH_MAX, "%s%s", host, name) >= PATH_MAX)
		return -ENAMETOOLONG;
	return faults_find(host, kind, name);
}

/* "contents ctnetlink ENOENT": it is not loaded. */
bool conntrack_has_netlink(void)
{
	return faults_find(getenv("CONNTRACK_PERSIST_HOST"), "contents", "ctnetlink") == 0;
}

int conntrack_count_entries(struct entry_counts *counts)
{
	char path[PATH_MAX];
	int error = make_path("contents", "/proc/net/nf_conntrack", path);

	return error < 0 ? error : conntrack_file_count(path, counts);
}

int conntrack_read_counters(struct counters *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	char path[PATH_MAX];
	int error = make_path("counters", "/proc/net/stat/nf_conntrack", path);

	if (error == 0)
		error = kernel_file_read_all(path, &text);
	return error < 0 ? error : counters_parse(text, ret);
}
