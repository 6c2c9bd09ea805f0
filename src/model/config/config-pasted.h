/* Lines of sysctl.conf, modprobe.d, udev or a shell that were pasted into the configuration, and what to write instead. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "base/buffer.h"

/* What is to be said of the key that cannot be set. */
#define KERNEL_COUNT_IS \
	"read-only in the kernel (the number of entries now); the limit is [conntrack] max"

/* What a name of the kernel's is. */
enum kernel_name {
	KERNEL_NAME_NONE,
	KERNEL_NAME_KEY,
	KERNEL_NAME_OLD_KEY, /* of kernels before 4.18: ip_conntrack_max */
	KERNEL_NAME_COUNT,   /* the number of entries now */
};

/*
 * Looks up a key as sysctl and the shell write it (net.netfilter.nf_conntrack_max, -net/..., /proc/sys/net/...,
 * nf_conntrack_max) and, if short_too, without its module's name (tcp_timeout_established). *ret_setting is set for keys.
 */
enum kernel_name config_find_kernel_name(const char *name, bool short_too, size_t *ret_setting);

/* The name of a key without its folder and its module's name: tcp_timeout_established. */
const char *config_short_name(const char *name);

/*
 * Adds "\"acct = yes\" in [options]" for a value as the kernel takes it ("1"), or as the setting does. Returns false, and
 * adds nothing, if the setting cannot have the value.
 */
bool config_propose(size_t setting, const char *value, struct buffer *b);

/*
 * Whether the line, which is neither a section nor a comment, is one of sysctl.conf, modprobe.d, a udev rule or a shell that
 * names a value of connection tracking. Adds "section.name: what it is; write ..." then. The cost is linear in the line.
 */
bool config_explain_pasted(const char *line, struct buffer *b);
