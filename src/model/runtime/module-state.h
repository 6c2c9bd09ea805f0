/* The states of nf_conntrack in the running kernel. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

/* How nf_conntrack is in the running kernel. */
enum module_state {
	MODULE_ABSENT,
	MODULE_COMING, /* loading: parameters exist, but keys may not exist yet */
	MODULE_LIVE,
	MODULE_GOING, /* unloading */
	MODULE_BUILT_IN,
};

/*
 * Returns the state in words ("not loaded", "loading", "loaded" ...), to follow "nf_conntrack is".
 */
const char *module_state_describe(enum module_state state);

/*
 * Returns whether values can be read and written: the module is loaded or built in, and not loading
 * or unloading.
 */
bool module_is_there(enum module_state state);
