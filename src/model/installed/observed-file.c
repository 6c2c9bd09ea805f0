/* One path as it was found on the host: releases what it owns. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/installed/observed-file.h"

#include <stdlib.h>

void observed_file_clear(struct observed_file *file)
{
	free(file->bytes);
	*file = (struct observed_file){0};
}
