/* Releases the content of a file that was found. */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/installed/observed-file.h"

#include <stdlib.h>

void observed_file_clear(struct observed_file *file)
{
	free(file->bytes);
	*file = (struct observed_file){0};
}
