/* What was found on the host: files as they lie there, and the figures that sizes follow from. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/observed.h"

#include <stdlib.h>

void observed_file_clear(struct observed_file *file)
{
	free(file->bytes);
	*file = (struct observed_file){0};
}

const char *module_state_words(enum module_state state)
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
