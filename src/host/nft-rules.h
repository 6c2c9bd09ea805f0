/* The nft rules of this process's network namespace, by libnftables. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/cleanup.h"

/*
 * "list ruleset" in JSON, without the elements of sets; owned by the caller. Loads nf_tables if it is not there, so ask
 * only where it is. -ELIBACC: libnftables is not installed, or the program was built without it; -EIO: nft could not.
 */
MUST_CHECK int nft_rules_read(char **ret);
