/* The tables of iptables-legacy in this process's network namespace. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "host/rulesets.h"

/*
 * Adds to ruleset->tables those that the kernel names (/proc/self/net/ip_tables_names, ip6_tables_names); none is loaded
 * by that. -EPERM: not root; -ENOMEM.
 */
MUST_CHECK int legacy_tables_read(struct ruleset *ruleset);
