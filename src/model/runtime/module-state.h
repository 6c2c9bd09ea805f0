/* The states in which the running kernel can have nf_conntrack. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

/* How nf_conntrack is in the running kernel. */
enum module_state {
	MODULE_ABSENT,
	MODULE_COMING, /* loading: parameters exist, keys perhaps not yet */
	MODULE_LIVE,
	MODULE_GOING, /* unloading */
	MODULE_BUILT_IN,
};

/* "not loaded", "loading", "loaded" ...: to stand after "nf_conntrack is". */
const char *module_state_describe(enum module_state state);

/* Whether values can be read and written: it is there and not on its way. */
bool module_is_there(enum module_state state);
