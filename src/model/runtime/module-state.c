/* Describes the states of nf_conntrack, and says in which of them it has values. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/runtime/module-state.h"

const char *module_state_describe(enum module_state state)
{
	static const char *const words[] = {
		[MODULE_ABSENT] = "not loaded",
		[MODULE_COMING] = "loading",
		[MODULE_LIVE] = "loaded",
		[MODULE_GOING] = "unloading",
		[MODULE_BUILT_IN] = "built into the kernel",
	};

	return words[state];
}

bool module_is_there(enum module_state state)
{
	return state == MODULE_LIVE || state == MODULE_BUILT_IN;
}
