/* The table of this process's network namespace itself behind the port. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "host/conntrack/conntrack-file.h"
#include "host/conntrack/conntrack.h"
#include "host/conntrack/ctnetlink.h"
#include "host/kernel/kernel-file.h"

/* The file of this process, wherever /proc/net may point. */
#define ENTRIES_FILE  "/proc/self/net/nf_conntrack"
#define COUNTERS_FILE "/proc/self/net/stat/nf_conntrack"

bool conntrack_has_netlink(void)
{
	return kernel_file_has_module("nf_conntrack_netlink") > 0;
}

/* A kernel without modules may be one without ctnetlink: these are its words for that. */
static bool is_absent(int error)
{
	return error == -ENOENT || error == -EPROTONOSUPPORT || error == -EINVAL;
}

int conntrack_count_entries(struct entry_counts *counts)
{
	const uint64_t before = counts->total;
	int error = -ENOENT, other;

	if (conntrack_has_netlink())
		error = ctnetlink_count_entries(counts);
	/*
	 * If ctnetlink refuses at once, the file can still be read, even by root without the
	 * capability.
	 */
	if (error == 0 || counts->total > before)
		return error;
	other = conntrack_file_count(ENTRIES_FILE, counts);
	return other == -ENOENT && !is_absent(error) ? error : other;
}

int conntrack_read_counters(struct counters *ret)
{
	char *CLEANUP(free_pointer) text = NULL;
	int error = kernel_file_read_all(COUNTERS_FILE, &text);

	if (error == 0)
		return counters_parse(text, ret);
	if (error != -ENOENT || !conntrack_has_netlink())
		return error;
	error = ctnetlink_read_counters(ret);
	return is_absent(error) ? -ENOENT : error;
}
