/* Explains lines of sysctl.d, modprobe.d, udev or a shell that were pasted into an INI file. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "base/buffer.h"

/* The explanation for nf_conntrack_count, which cannot be set. */
#define KERNEL_COUNT_IS                                                                      \
	"read-only in the kernel (the number of entries now); to set the limit, use max in " \
	"[conntrack]"

/* The kinds of names that the kernel uses. */
enum kernel_name {
	KERNEL_NAME_NONE,
	KERNEL_NAME_KEY,
	KERNEL_NAME_OLD_KEY, /* a name of kernels before 4.18, such as ip_conntrack_max */
	KERNEL_NAME_COUNT,   /* nf_conntrack_count: the number of entries now */
};

/*
 * Looks up a key as sysctl and the shell write it (net.netfilter.nf_conntrack_max, -net/...,
 * /proc/sys/net/..., nf_conntrack_max). If short_too is true, the name may also lack the prefix of
 * the module (tcp_timeout_established). Sets *ret_setting for KERNEL_NAME_KEY and
 * KERNEL_NAME_OLD_KEY.
 */
enum kernel_name config_find_kernel_name(const char *name, bool short_too, size_t *ret_setting);

/*
 * Returns the part of a key behind its folder and the prefix of the module, such as
 * tcp_timeout_established.
 */
const char *config_short_name(const char *name);

/*
 * Adds the setting with a value, such as "\"acct = yes\" in [options]". The value may be in the
 * kernel's form ("1") or in that of the configuration. Returns false, and adds nothing, if the
 * setting cannot have the value.
 */
bool config_propose(size_t setting, const char *value, struct buffer *b);

/*
 * Returns whether the line sets a value of connection tracking in the syntax of sysctl.conf,
 * modprobe.d, a udev rule or a shell. If so, adds "section.name: what it is; write ...". The line
 * must be neither a section nor a comment. The cost is linear in the length of the line.
 */
bool config_explain_pasted(const char *line, struct buffer *b);
